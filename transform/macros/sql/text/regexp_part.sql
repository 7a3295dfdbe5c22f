{# The first group of a pattern in a text; null if nothing matches. #}
{% macro regexp_part(expression, pattern) -%}
    {{ return(adapter.dispatch('regexp_part', 'loop_returns')(
        expression, pattern
    )) }}
{%- endmacro %}

{% macro default__regexp_part(expression, pattern) -%}
    nullif(regexp_extract({{ expression }}, '{{ pattern }}', 1), '')
{%- endmacro %}

{% macro bigquery__regexp_part(expression, pattern) -%}
    nullif(regexp_extract({{ expression }}, r'{{ pattern }}'), '')
{%- endmacro %}

{% macro postgres__regexp_part(expression, pattern) -%}
    nullif(substring({{ expression }} from '{{ pattern }}'), '')
{%- endmacro %}
