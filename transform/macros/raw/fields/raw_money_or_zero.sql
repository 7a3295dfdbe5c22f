{# A money field of the raw record; zero if it is missing. #}
{% macro raw_money_or_zero(field) -%}
    cast(coalesce({{ raw_money(field) }}, 0) as {{ type_money() }})
{%- endmacro %}
