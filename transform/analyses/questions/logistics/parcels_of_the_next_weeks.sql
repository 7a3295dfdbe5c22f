-- How many parcels will come, and how much will be refunded, in each of the next eight weeks?
select week_start_date, expected_parcels, expected_refund_amount
from {{ ref('loop_returns', 'rpt_returns_expected_by_week') }}
where not is_week_over
order by as_of_date, week_start_date
