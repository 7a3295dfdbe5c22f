{#
    Config of the append-only models in intermediate/changes: each build adds
    rows and keeps the earlier ones.
#}
{% macro append_each_build() -%}
    {{ tracks_watermark() }}
    {{ config(
        enabled=builds_incrementally(),
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change=on_schema_change()
    ) }}
{%- endmacro %}
