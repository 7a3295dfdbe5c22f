select
    currency_code, age_band,
    sum(owed_refund_amount) as owed_refund_amount,
    sum(owed_credit_amount) as owed_credit_amount
from rpt_returns_outstanding
where owed_refund_amount > 0 or owed_credit_amount > 0
group by currency_code, age_band, age_band_sort
order by age_band_sort nulls last, currency_code
