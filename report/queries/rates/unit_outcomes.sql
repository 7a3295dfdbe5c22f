select
    date_basis, month_date, is_mature, is_realised_return, origin_country_code,
    order_channel, product_category, outcome, sum(returned_units) as returned_units
from rpt_returned_units
group by
    date_basis, month_date, is_mature, is_realised_return, origin_country_code,
    order_channel, product_category, outcome
order by
    date_basis, month_date, is_mature, is_realised_return, origin_country_code,
    order_channel, product_category, outcome
