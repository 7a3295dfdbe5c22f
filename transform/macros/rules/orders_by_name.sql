{#
    The orders of the CTE `orders` by name. A name that several orders share
    names none of them.
#}
{% macro orders_by_name() -%}
    select
        store_id,
        order_name,
        max(order_id) as order_id
    from orders
    group by store_id, order_name
    having count(*) = 1
{%- endmacro %}
