-- How many days pass from the order to the return, by outcome?
select outcome_group, return_count, first_quartile_days, median_days,
    third_quartile_days
from {{ ref('loop_returns', 'rpt_return_timing') }}
where metric_name = 'days_to_return' and maturity = 'mature_only'
    and period_type = 'all'
