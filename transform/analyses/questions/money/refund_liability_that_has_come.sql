-- Of what was expected at each month end, how much has come, and how far off was it?
select
    as_of_date, currency_code, sum(closing_amount), sum(used_since_amount),
    sum(used_since_amount) / nullif(sum(closing_amount), 0) as share_used_since,
    sum(closing_amount - used_since_amount - still_expected_amount)
from {{ ref('loop_returns', 'rpt_refund_liability') }}
where is_month_end
group by as_of_date, currency_code
