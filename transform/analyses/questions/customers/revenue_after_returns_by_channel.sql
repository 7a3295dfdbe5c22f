-- How much revenue remains after returns, by channel and month?
with costs as (
    select root_sm_order_key, currency_code, sum(net_return_cost_ex_tax) as cost
    from {{ ref('loop_returns', 'fct_returns') }} group by 1, 2
)
select order_month_date, order_channel, orders.currency_code,
    sum(order_net_revenue_before_refunds - coalesce(cost, 0)) as revenue
from {{ ref('loop_returns', 'fct_orders') }} as orders
left join costs on orders.sm_order_key = costs.root_sm_order_key
    and orders.currency_code = costs.currency_code
where is_customer_order group by 1, 2, 3
