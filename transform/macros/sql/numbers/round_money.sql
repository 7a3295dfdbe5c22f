{# Rounds divided or averaged money to four decimals, like all amounts. #}
{% macro round_money(expression) -%}
    {{ return(adapter.dispatch('round_money', 'loop_returns')(expression)) }}
{%- endmacro %}

{% macro default__round_money(expression) -%}
    cast({{ expression }} as {{ type_money() }})
{%- endmacro %}

{# A cast to numeric keeps nine decimals. #}
{% macro bigquery__round_money(expression) -%}
    round(cast({{ expression }} as {{ type_money() }}), 4)
{%- endmacro %}
