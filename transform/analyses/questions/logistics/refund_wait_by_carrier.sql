-- How many days pass from the delivery of a return to its refund, by carrier?
select dimension_value as carrier, return_count, median_days,
    ninetieth_percentile_days
from {{ ref('loop_returns', 'rpt_return_durations') }}
where from_milestone = 'delivered' and to_milestone = 'refunded'
    and dimension_type = 'carrier' and period_type = 'all' and return_count > 0
