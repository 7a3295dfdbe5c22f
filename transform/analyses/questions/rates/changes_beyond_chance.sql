-- Which rates and shares changed by more than chance from one month to the next?
select compared_metric_name, date_basis, dimension_type, dimension_value, period,
    metric_change
from {{ ref('loop_returns', 'rpt_return_changes') }}
where period_type = 'month' and is_notable
