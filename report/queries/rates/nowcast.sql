select
    dimension_type, dimension_value, product_title, period, period_start_date,
    is_period_mature, sold_units, returned_units,
    unit_return_rate, unit_return_rate_expected,
    unit_return_rate_expected_lower_80, unit_return_rate_expected_upper_80
from rpt_return_nowcast
where not is_period_finished and dimension_type <> 'sku'
order by period_start_date desc, dimension_type, dimension_value
