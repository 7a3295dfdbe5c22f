-- Which share of customers buys again within 90 days, by outcome?
select outcome_group, mature_customers, repurchased_customers,
    repurchase_rate_90d
from {{ ref('loop_returns', 'rpt_return_retention') }}
