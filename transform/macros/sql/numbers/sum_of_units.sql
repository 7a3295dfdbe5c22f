{# A sum of integers as bigint; see sum_of_money. #}
{% macro sum_of_units(count) -%}
    cast(sum({{ count }}) as {{ dbt.type_bigint() }})
{%- endmacro %}
