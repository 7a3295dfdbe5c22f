-- How much store credit from the returns of each month is not yet spent?
select return_month_date, currency_code, sum(issued_amount) as issued_amount,
    sum(redeemed_amount) as redeemed_amount,
    sum(outstanding_amount) as outstanding_amount
from {{ ref('loop_returns', 'fct_store_credits') }}
group by return_month_date, currency_code
