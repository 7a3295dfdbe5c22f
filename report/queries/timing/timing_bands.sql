select
    maturity, period, outcome_group, return_week_bucket, return_week_bucket_sort,
    return_count, group_return_count, return_week_bucket_share,
    return_week_bucket_share_lower, return_week_bucket_share_upper
from rpt_return_timing_bands
order by return_week_bucket_sort
