select
    sku, product_title, product_category, maturity, period, is_period_mature,
    sold_units, returned_units, unit_return_rate, unit_return_rate_lower,
    unit_return_rate_upper, unit_return_rate_pooled,
    unit_return_rate_pooled_lower, unit_return_rate_pooled_upper, is_ranked,
    order_count, value_return_rate
from rpt_return_rate_by_sku
order by is_ranked desc, return_rank
