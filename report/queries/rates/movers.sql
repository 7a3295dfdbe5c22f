select
    compared_metric_name, dimension_type, dimension_value, period,
    previous_period, metric_value, previous_value, metric_change,
    metric_change_lower, metric_change_upper
from rpt_return_changes
where mover_rank = 1
