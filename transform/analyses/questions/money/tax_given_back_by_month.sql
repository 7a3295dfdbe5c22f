-- How much sales tax is given back with refunds?
select return_month_date, currency_code,
    sum(refund_amount - refund_amount_ex_tax) as refunded_tax
from {{ ref('loop_returns', 'fct_returns') }}
where is_counted_return
group by return_month_date, currency_code
