-- How much is paid back outside Loop?
select order_month_date, currency_code,
    sum(refund_outside_loop_amount) as refund_amount
from {{ ref('loop_returns', 'fct_orders') }}
group by order_month_date, currency_code
