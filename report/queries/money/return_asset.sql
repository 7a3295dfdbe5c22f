select
    as_of_date, currency_code,
    sum(expected_returned_amount) as expected_returned_amount,
    sum(return_asset_amount) as return_asset_amount
from rpt_refund_liability
group by as_of_date, currency_code
order by as_of_date desc, currency_code
