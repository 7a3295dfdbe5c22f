{# Text as an integer; '2.0' is 2, and text that is not a number is null. #}
{% macro to_integer(expression) -%}
    cast({{ to_money(expression) }} as {{ dbt.type_bigint() }})
{%- endmacro %}
