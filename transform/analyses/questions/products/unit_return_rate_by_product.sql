-- Which styles come back most often?
select product_title, product_category, sold_units, returned_units, unit_return_rate, return_rank
from {{ ref('loop_returns', 'rpt_return_rate_by_product') }}
where maturity = 'mature_only' and period_type = 'all' and sold_units > 0
