-- Do orders with a discount code come back more often?
select discount_codes, count(*) as orders,
    avg(case when has_return then 1.0 else 0 end) as return_rate
from {{ ref('loop_returns', 'fct_orders') }}
where is_loop_eligible_order
group by discount_codes
