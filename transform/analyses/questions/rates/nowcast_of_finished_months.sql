-- What was expected of finished months, and what came back?
select as_of_date, period, expected_returned_units, final_returned_units
from {{ ref('loop_returns', 'rpt_return_nowcast_back_test') }}
where dimension_type = 'all'
order by as_of_date, period
