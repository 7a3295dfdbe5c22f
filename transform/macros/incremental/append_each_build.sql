{# Config of a change model: each build appends its own rows. #}
{% macro append_each_build() -%}
    {{ tracks_watermark() }}
    {{ config(
        enabled=builds_incrementally(),
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail'
    ) }}
{%- endmacro %}
