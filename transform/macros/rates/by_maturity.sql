{# Rows of a table with all orders, and again with mature orders only. #}
{% macro by_maturity(table, flag='is_mature') -%}
    select
        'to_date' as maturity,
        *
    from {{ table }}
    union all
    select
        'mature_only' as maturity,
        *
    from {{ table }}
    where {{ flag }}
{%- endmacro %}
