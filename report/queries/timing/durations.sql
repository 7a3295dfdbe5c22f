select
    period, from_milestone, to_milestone, from_count, return_count, median_days,
    third_quartile_days, ninetieth_percentile_days
from rpt_return_durations
where dimension_type = 'all' and return_count > 0
order by
    period_start_date nulls last, period_type, return_count desc,
    from_milestone, to_milestone
