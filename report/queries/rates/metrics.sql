select
    metric_name, date_basis, maturity, period_type, period, period_start_date,
    currency_code, numerator, denominator,
    metric_value, metric_value_lower, metric_value_upper
from rpt_return_metrics
where metric_name in ('order_return_rate', 'retained_revenue_ratio')
order by period_start_date nulls last, currency_code nulls first
