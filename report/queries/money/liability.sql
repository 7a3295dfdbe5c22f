select
    as_of_date, currency_code,
    sum(opening_amount) as opening_amount, sum(added_amount) as added_amount,
    sum(used_refund_amount) as used_refund_amount,
    sum(used_credit_amount) as used_credit_amount,
    sum(reestimated_amount) as reestimated_amount,
    sum(closing_amount) as closing_amount,
    sum(closing_requested_amount) as closing_requested_amount,
    sum(closing_amount) - sum(closing_requested_amount)
        as closing_expected_amount,
    sum(used_since_amount) as used_since_amount,
    sum(still_expected_amount) as still_expected_amount
from rpt_refund_liability
group by as_of_date, currency_code
order by as_of_date desc, currency_code
