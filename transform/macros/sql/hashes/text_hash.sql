{# SHA-256 of a text in hexadecimal. #}
{% macro text_hash(expression) -%}
    {{ return(adapter.dispatch('text_hash', 'loop_returns')(expression)) }}
{%- endmacro %}

{% macro default__text_hash(expression) -%}
    sha256({{ expression }})
{%- endmacro %}

{% macro bigquery__text_hash(expression) -%}
    to_hex(sha256({{ expression }}))
{%- endmacro %}

{% macro postgres__text_hash(expression) -%}
    encode(sha256(convert_to({{ expression }}, 'UTF8')), 'hex')
{%- endmacro %}
