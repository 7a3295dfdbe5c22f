-- How much do handling fees bring in each month?
select return_month_date, currency_code, sum(handling_fee) as handling_fee
from {{ ref('loop_returns', 'fct_returns') }}
where is_counted_return
group by return_month_date, currency_code
