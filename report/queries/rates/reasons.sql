select
    month_date, origin_country_code, order_channel, product_category, outcome,
    parent_return_reason, return_reason, sum(returned_units) as returned_units
from rpt_returned_units
where date_basis = 'return'
group by
    month_date, origin_country_code, order_channel, product_category, outcome,
    parent_return_reason, return_reason
order by
    month_date, origin_country_code, order_channel, product_category, outcome,
    parent_return_reason, return_reason
