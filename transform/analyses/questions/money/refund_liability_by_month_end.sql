-- What do we still owe at each month end for goods sold by then?
select
    as_of_date, currency_code, sum(opening_amount), sum(added_amount),
    sum(used_refund_amount + used_credit_amount), sum(reestimated_amount),
    sum(closing_amount)
from {{ ref('loop_returns', 'rpt_refund_liability') }}
group by as_of_date, currency_code
