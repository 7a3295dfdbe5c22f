-- Which sizes come back most often?
select product_category, option_value, sold_units, returned_units,
    unit_return_rate
from {{ ref('loop_returns', 'rpt_return_rate_by_option') }}
where option_name = 'size' and maturity = 'mature_only'
    and period_type = 'all'
