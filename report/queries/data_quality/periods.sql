select period_type, period, period_start_date, is_current_period
from rpt_return_metrics
union distinct
select period_type, period, period_start_date, is_current_period
from rpt_outcome_split
union distinct
select period_type, period, period_start_date, is_current_period
from rpt_net_return_cost
order by period_start_date nulls last, period_type
