select
    outcome_group, is_baseline, index_customers, mature_customers,
    immature_customers, repurchased_customers, repurchase_rate_90d,
    repurchase_rate_90d_lower, repurchase_rate_90d_upper, is_ranked,
    repurchase_rate_90d_km, repurchase_new_money_rate, second_return_rate,
    median_days_to_repurchase
from rpt_return_retention
where not is_baseline
order by repurchase_rate_90d desc nulls last
