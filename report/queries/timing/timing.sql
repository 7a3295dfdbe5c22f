select
    metric_name, maturity, period, outcome_group, return_count,
    first_quartile_days, median_days, third_quartile_days, share_within_7_days,
    share_within_14_days, share_within_28_days
from rpt_return_timing
order by median_days, outcome_group
