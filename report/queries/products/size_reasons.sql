select
    month_date, is_mature, product_category,
    coalesce(product_title, product_key) as product_title, size,
    parent_return_reason, return_reason, sum(returned_units) as returned_units
from rpt_returned_units
where date_basis = 'order'
group by 1, 2, 3, 4, 5, 6, 7
order by 1, 2, 3, 4, 5, 6, 7
