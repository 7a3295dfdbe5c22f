-- How many further returns are expected of recent orders, at the usual rate?
with usual as (
    select avg(case when has_return then 1.0 else 0 end) as return_rate
    from {{ ref('loop_returns', 'fct_orders') }}
    where is_loop_eligible_order and is_mature
)
select order_month_date, sum(case when has_return then 1 else 0 end) as so_far,
    sum(return_rate - case when has_return then 1 else 0 end) as to_come
from {{ ref('loop_returns', 'fct_orders') }} cross join usual
where is_loop_eligible_order and not is_mature group by order_month_date
