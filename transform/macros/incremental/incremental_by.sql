{#
    Config of an incremental table: a build replaces the rows of affected keys,
    or, with the strategy `merge`, the rows that the model returns. If nothing
    is built incrementally, the model is a table; on BigQuery it has the
    materialization `on_bigquery`. For a view, BigQuery bills only the columns
    that the view's consumer reads.
#}
{% macro incremental_by(
    key, on_bigquery='table', strategy='affected_keys'
) -%}
    {%- set rebuilt = on_bigquery if target.type == 'bigquery' else 'table' -%}
    {{ tracks_watermark() }}
    {{ config(
        materialized='incremental' if builds_incrementally() else rebuilt,
        incremental_strategy=strategy,
        unique_key=key,
        on_schema_change=on_schema_change()
    ) }}
{%- endmacro %}
