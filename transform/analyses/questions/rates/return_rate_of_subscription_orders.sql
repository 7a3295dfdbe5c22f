-- Do subscription renewals come back as often as other orders?
select is_recurring_subscription_order, count(*) as orders,
    avg(case when has_return then 1.0 else 0 end) as return_rate
from {{ ref('loop_returns', 'fct_orders') }}
where is_loop_eligible_order
group by is_recurring_subscription_order
