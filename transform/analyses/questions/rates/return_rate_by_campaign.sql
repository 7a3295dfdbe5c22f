-- Which share of each campaign's orders comes back?
select order_utm_campaign, count(*) as orders,
    avg(case when has_return then 1.0 else 0 end) as return_rate
from {{ ref('loop_returns', 'fct_orders') }}
where is_loop_eligible_order
group by order_utm_campaign
