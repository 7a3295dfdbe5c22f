-- In which week after the order do returns start?
select outcome_group, return_week_bucket, return_count,
    return_week_bucket_share
from {{ ref('loop_returns', 'rpt_return_timing_bands') }}
where maturity = 'mature_only' and period_type = 'all'
order by outcome_group, return_week_bucket_sort
