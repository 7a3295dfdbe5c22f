select
    outcome_group, matched_customers, repurchased_customers,
    repurchase_rate_matched, repurchase_rate_expected,
    repurchase_difference_90d, repurchase_difference_90d_lower,
    repurchase_difference_90d_upper, is_ranked
from rpt_repurchase_comparison
order by outcome_group = 'any return', repurchase_difference_90d desc nulls last
