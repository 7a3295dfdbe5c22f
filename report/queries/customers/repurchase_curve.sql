select
    outcome_group, is_baseline, days_since_return, customers_at_risk,
    repurchase_share, share_lower, share_upper
from rpt_repurchase_curve
where not is_baseline
order by outcome_group, days_since_return
