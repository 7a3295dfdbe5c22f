-- Which return rate, delay and resale should a plan assume for each product and size?
select product_title, size, unit_return_rate_pooled, median_days_to_return,
    resale_share, median_days_to_resale
from {{ ref('loop_returns', 'rpt_demand_by_size') }}
order by product_title, size
