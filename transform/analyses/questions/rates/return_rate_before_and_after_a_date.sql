-- What is the return rate of orders before and since 1 September 2025?
select order_date >= date '2025-09-01' as is_after, count(*) as orders,
    avg(case when has_return then 1.0 else 0 end) as return_rate
from {{ ref('loop_returns', 'fct_orders') }}
where is_loop_eligible_order and is_mature
group by order_date >= date '2025-09-01'
