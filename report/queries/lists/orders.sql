select
    order_name, order_date, currency_code, order_channel, acquisition_channel,
    sales_channel, order_gross_revenue, net_return_cost, net_return_cost_cash,
    net_return_cost_landed, is_mature, is_loop_eligible_order and has_return
    as is_returned_order, is_cost_cohort_order
from fct_orders
where
    is_loop_eligible_order and has_return
    or is_cost_cohort_order and net_return_cost <> 0
order by order_date desc nulls last, order_name
