select
    period_type, period, period_start_date, outcome_group, index_customers,
    mature_customers, immature_customers, is_period_mature,
    repurchased_customers, repurchase_rate_90d, repurchase_rate_90d_lower,
    repurchase_rate_90d_upper, is_ranked
from rpt_return_retention_by_period
order by period_start_date, repurchase_rate_90d desc nulls last
