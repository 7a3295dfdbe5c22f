select
    option_name, product_category,
    case when option_name = 'size' then option_value end as size,
    case when option_name = 'colour' then option_value end as colour,
    maturity, period, is_period_mature, sold_units, returned_units,
    unit_return_rate, unit_return_rate_lower, unit_return_rate_upper
from rpt_return_rate_by_option
order by is_ranked desc, return_rank
