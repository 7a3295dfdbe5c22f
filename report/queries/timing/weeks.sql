select
    week_start_date, expected_returned_units,
    expected_returned_units_lower_80, expected_returned_units_upper_80,
    expected_parcels, currency_code, expected_refund_amount
from rpt_returns_expected_by_week
where not is_week_over and as_of_date = (
    select max(as_of_date) from rpt_returns_expected_by_week
)
order by week_start_date
