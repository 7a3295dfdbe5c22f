-- Which SKUs come back most often?
select sku, product_title, sold_units, returned_units, unit_return_rate, return_rank
from {{ ref('loop_returns', 'rpt_return_rate_by_sku') }}
where maturity = 'mature_only' and period_type = 'all' and sold_units > 0
