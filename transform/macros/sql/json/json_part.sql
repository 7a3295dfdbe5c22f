{# The JSON value at a path inside a JSON value. #}
{% macro json_part(expression, path) -%}
    {{ return(adapter.dispatch('json_part', 'loop_returns')(expression, path)) }}
{%- endmacro %}

{% macro default__json_part(expression, path) -%}
    json_extract({{ expression }}, '{{ path }}')
{%- endmacro %}

{% macro bigquery__json_part(expression, path) -%}
    json_query({{ expression }}, '{{ path }}')
{%- endmacro %}

{# JSON null becomes SQL null. #}
{% macro postgres__json_part(expression, path) -%}
    nullif({{ expression }} #> '{{ json_steps(path) }}', 'null')
{%- endmacro %}
