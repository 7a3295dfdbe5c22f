{# A field of the raw record as text; empty text is null. #}
{% macro raw_text(field) -%}
    {{ return(adapter.dispatch('raw_text', 'loop_returns')(field)) }}
{%- endmacro %}

{# Typed columns, named in lower case. #}
{% macro default__raw_text(field) -%}
    nullif(trim(cast("{{ field | lower }}" as {{ dbt.type_string() }})), '')
{%- endmacro %}

{# One JSON column called data. #}
{% macro bigquery__raw_text(field) -%}
    nullif(trim(json_value(data, '$.{{ field }}')), '')
{%- endmacro %}

{% macro postgres__raw_text(field) -%}
    nullif(trim(data ->> '{{ field }}'), '')
{%- endmacro %}
