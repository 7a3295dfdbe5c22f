-- Do new customers return more than returning ones?
select is_first_customer_order, count(*) as orders,
    avg(case when has_return then 1.0 else 0 end) as return_rate
from {{ ref('loop_returns', 'fct_orders') }}
where is_loop_eligible_order and sm_customer_key is not null
group by is_first_customer_order
