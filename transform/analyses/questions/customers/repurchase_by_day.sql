-- Which share of customers has bought again a month after a return?
select outcome_group, customers_at_risk, repurchase_share
from {{ ref('loop_returns', 'rpt_repurchase_curve') }}
where days_since_return = 30
