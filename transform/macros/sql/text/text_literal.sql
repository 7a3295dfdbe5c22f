{# A setting as an SQL text literal, with quotes and special characters escaped.
#}
{% macro text_literal(value) -%}
    {{ return(adapter.dispatch('text_literal', 'loop_returns')(value | string)) }}
{%- endmacro %}

{% macro default__text_literal(value) -%}
    '{{ value | replace("'", "''") }}'
{%- endmacro %}

{% macro bigquery__text_literal(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "\\'") }}'
{%- endmacro %}
