{# Text as exact money; text that is no number is null. #}
{% macro to_money(expression) -%}
    {{ return(adapter.dispatch('to_money', 'loop_returns')(expression)) }}
{%- endmacro %}

{% macro default__to_money(expression) -%}
    try_cast({{ expression }} as {{ type_money() }})
{%- endmacro %}

{% macro bigquery__to_money(expression) -%}
    safe_cast({{ expression }} as {{ type_money() }})
{%- endmacro %}
