{# Text as a whole number; 2.0 is 2, text that is no number is null. #}
{% macro to_integer(expression) -%}
    cast({{ to_money(expression) }} as {{ dbt.type_bigint() }})
{%- endmacro %}
