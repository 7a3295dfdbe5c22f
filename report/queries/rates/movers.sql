select
    compared_metric_name, dimension_type, dimension_value, period,
    previous_period, metric_value, previous_value, metric_change,
    metric_change_lower, metric_change_upper, is_notable, mover_rank
from rpt_return_changes
where
    mover_rank = 1
    or (
        dimension_type = 'all' and period_type = 'month'
        and compared_metric_name in ('order_return_rate', 'unit_return_rate_expected')
    )
order by period_start_date, compared_metric_name, dimension_value
