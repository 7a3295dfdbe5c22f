select
    coalesce(product_title, product_key) as product_title, product_category, size,
    orders_from_date, data_through_date, sold_units, returned_units,
    exchanged_out_units, exchanged_in_units, demand_units, net_demand_units,
    unit_return_rate_pooled, share_known, median_days_to_return, resale_share,
    median_days_to_resale
from rpt_demand_by_size
order by product_title, size, product_key
