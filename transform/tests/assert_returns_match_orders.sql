{#
    If there are returns and orders, at least one return is matched with its
    order. Otherwise the orders are probably those of another shop, or
    shopify_source names the format of another loader.
#}
{{ config(severity='warn') }}

{% call with_problems_logged() %}
with orders as (
    select count(*) as order_count
    from {{ ref('loop_returns', 'fct_orders') }}
),

returns as (
    select
        count(*) as return_count,
        {{ count_if('is_order_matched') }} as matched_count
    from {{ ref('loop_returns', 'fct_returns') }}
)

select
    orders.order_count,
    returns.return_count,
    'Orders are loaded, but no return belongs to one of them. Check that'
    || ' shopify_source and shopify_schema name the orders of this shop.'
        as problem
from orders
cross join returns
where
    orders.order_count > 0
    and returns.return_count > 0
    and returns.matched_count = 0
{% endcall %}
