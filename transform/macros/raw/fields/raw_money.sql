{# A money field of the raw record as an exact number; null if the text is not a
number. #}
{% macro raw_money(field) -%}
    {{ return(adapter.dispatch('raw_money', 'loop_returns')(field)) }}
{%- endmacro %}

{% macro duckdb__raw_money(field) -%}
    {{ to_money('"' ~ (field | lower) ~ '"') }}
{%- endmacro %}

{% macro default__raw_money(field) -%}
    {{ to_money(raw_text(field)) }}
{%- endmacro %}
