select
    week_start_date, expected_returned_units,
    expected_returned_units_lower_80, expected_returned_units_upper_80,
    expected_parcels, weeks.currency_code, expected_refund_amount
from rpt_returns_expected_by_week as weeks
inner join rpt_data_through as through
    on weeks.as_of_date = through.data_through_date
where not is_week_over
order by week_start_date
