-- How much is refunded to each country?
select origin_country_code, currency_code, sum(refund_amount) as refund_amount
from {{ ref('loop_returns', 'fct_returns') }}
where is_counted_return
group by origin_country_code, currency_code
