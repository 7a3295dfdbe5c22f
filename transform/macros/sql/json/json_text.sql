{# A value inside JSON as text. #}
{% macro json_text(expression, path) -%}
    {{ return(adapter.dispatch('json_text', 'loop_returns')(expression, path)) }}
{%- endmacro %}

{% macro default__json_text(expression, path) -%}
    json_extract_string({{ expression }}, '{{ path }}')
{%- endmacro %}

{% macro bigquery__json_text(expression, path) -%}
    json_value({{ expression }}, '{{ path }}')
{%- endmacro %}

{% macro postgres__json_text(expression, path) -%}
    ({{ expression }} #>> '{{ json_steps(path) }}')
{%- endmacro %}
