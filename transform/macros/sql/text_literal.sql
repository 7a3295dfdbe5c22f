{# A setting as an SQL text, whatever quotes and signs it holds. #}
{% macro text_literal(value) -%}
    {{ return(adapter.dispatch('text_literal', 'loop_returns')(value | string)) }}
{%- endmacro %}

{% macro default__text_literal(value) -%}
    '{{ value | replace("'", "''") }}'
{%- endmacro %}

{% macro bigquery__text_literal(value) -%}
    '{{ value | replace("\\", "\\\\") | replace("'", "\\'") }}'
{%- endmacro %}
