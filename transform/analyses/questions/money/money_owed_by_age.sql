-- How much money is owed to shoppers, by age of the return?
select age_band, currency_code, sum(owed_refund_amount) as owed_refunds,
    sum(owed_credit_amount) as owed_credit
from {{ ref('loop_returns', 'rpt_returns_outstanding') }}
group by age_band, currency_code
