select
    outcome_group, days_since_return, at_risk_customers, repurchase_rate_km,
    repurchase_rate_km_lower, repurchase_rate_km_upper
from rpt_repurchase_curve
order by outcome_group, days_since_return
