-- Which share of mature orders comes back, month by month?
select period, numerator, denominator, metric_value,
    metric_value_lower, metric_value_upper
from {{ ref('loop_returns', 'rpt_return_metrics') }}
where metric_name = 'order_return_rate' and maturity = 'mature_only'
    and period_type = 'month'
