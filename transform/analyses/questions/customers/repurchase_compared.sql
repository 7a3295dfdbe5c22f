-- Do customers who exchange buy again more often than comparable customers?
select outcome_group, matched_customers, repurchase_rate_matched,
    repurchase_rate_expected, repurchase_difference_90d
from {{ ref('loop_returns', 'rpt_repurchase_comparison') }}
