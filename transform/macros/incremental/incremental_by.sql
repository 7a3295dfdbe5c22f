{#
    Config of an incremental table: a build replaces the rows of affected keys.
    Where nothing is incremental it is a table, or on BigQuery the kind
    `on_bigquery`: of a view, only the columns that its consumer reads are billed.
#}
{% macro incremental_by(key, on_bigquery='table') -%}
    {%- set rebuilt = on_bigquery if target.type == 'bigquery' else 'table' -%}
    {{ tracks_watermark() }}
    {{ config(
        materialized='incremental' if builds_incrementally() else rebuilt,
        incremental_strategy='affected_keys',
        unique_key=key,
        on_schema_change=on_schema_change()
    ) }}
{%- endmacro %}
