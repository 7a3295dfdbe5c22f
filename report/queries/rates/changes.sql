select
    compared_metric_name, dimension_value, currency_code, period, metric_change,
    is_notable
from rpt_return_changes
where dimension_type in ('all', 'outcome')
order by
    period_start_date, period_type, compared_metric_name, dimension_value,
    currency_code nulls first
