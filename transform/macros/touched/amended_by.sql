{# The configuration of a table that is amended with what a day changed. #}
{% macro amended_by(key) -%}
    {{ config(
        materialized='incremental' if grows_by_day() else 'table',
        incremental_strategy='touched',
        unique_key=key,
        on_schema_change='fail'
    ) }}
{%- endmacro %}
