-- How much of each month end's liability has been paid, and with what error?
select
    as_of_date, currency_code, sum(closing_amount), sum(used_since_amount),
    sum(used_since_amount) / nullif(sum(closing_amount), 0) as share_used_since,
    sum(closing_amount - used_since_amount - still_expected_amount)
from {{ ref('loop_returns', 'rpt_refund_liability') }}
where is_month_end
group by as_of_date, currency_code
