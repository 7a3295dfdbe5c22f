-- Does repurchase after a return change from quarter to quarter?
select period, outcome_group, mature_customers, repurchase_rate_90d
from {{ ref('loop_returns', 'rpt_return_retention_by_period') }}
where period_type = 'quarter'
