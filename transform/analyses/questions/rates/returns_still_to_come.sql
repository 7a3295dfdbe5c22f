-- How many units of each order month are expected to come back in the end?
select period, unit_return_rate, unit_return_rate_expected
from {{ ref('loop_returns', 'rpt_return_nowcast') }}
where dimension_type = 'all'
order by period
