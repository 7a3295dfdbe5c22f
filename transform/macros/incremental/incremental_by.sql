{#
    Config of an incremental table: a build replaces the rows of affected keys.
#}
{% macro incremental_by(key) -%}
    {{ tracks_watermark() }}
    {{ config(
        materialized='incremental' if builds_incrementally() else 'table',
        incremental_strategy='affected_keys',
        unique_key=key,
        on_schema_change='fail'
    ) }}
{%- endmacro %}
