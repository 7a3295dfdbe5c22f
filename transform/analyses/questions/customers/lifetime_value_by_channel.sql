-- What is a customer worth after returns, by acquisition channel?
select acquisition_channel, currency_code, count(*) as customers,
    sum(return_count) as return_count,
    sum(lifetime_value_after_returns) as lifetime_value
from {{ ref('loop_returns', 'dim_customers') }}
where customer_order_count > 0
group by acquisition_channel, currency_code
