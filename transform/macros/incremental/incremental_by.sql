{#
    Config of an incremental table: a build replaces the rows of affected keys.
    Where nothing is incremental it is a table, or the kind `otherwise`: a view
    is read with the columns of its parents that its consumer also reads.
#}
{% macro incremental_by(key, otherwise='table') -%}
    {{ tracks_watermark() }}
    {{ config(
        materialized='incremental' if builds_incrementally() else otherwise,
        incremental_strategy='affected_keys',
        unique_key=key,
        on_schema_change='fail'
    ) }}
{%- endmacro %}
