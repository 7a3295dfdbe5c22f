{#
    Rounds divided or averaged money to four decimals, like all amounts, and half
    of the last decimal away from zero.
#}
{% macro round_money(expression) -%}
    {{ return(adapter.dispatch('round_money', 'loop_returns')(expression)) }}
{%- endmacro %}

{% macro default__round_money(expression) -%}
    cast({{ expression }} as {{ type_money() }})
{%- endmacro %}

{# As a float, 0.37925 may be a little less, and would be rounded down. #}
{% macro duckdb__round_money(expression) -%}
    cast(cast({{ expression }} as decimal(38, 10)) as {{ type_money() }})
{%- endmacro %}

{# A cast to numeric keeps nine decimals. #}
{% macro bigquery__round_money(expression) -%}
    round(cast({{ expression }} as {{ type_money() }}), 4)
{%- endmacro %}
