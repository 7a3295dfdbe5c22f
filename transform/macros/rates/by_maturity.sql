{#
    The rows of a table twice: all of them as `to_date`, and those of mature
    orders as `mature_only`.
#}
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
