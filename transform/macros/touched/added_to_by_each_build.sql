{# The configuration of a table that says what amended tables are to make anew. #}
{% macro added_to_by_each_build() -%}
    {{ config(
        enabled=grows_by_day(),
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail'
    ) }}
{%- endmacro %}
