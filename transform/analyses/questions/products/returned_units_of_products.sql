-- How many units of each product come back?
select products.product_id, products.product_category, count(*) as returned_units
from {{ ref('loop_returns', 'fct_return_lines') }} as lines
inner join {{ ref('loop_returns', 'dim_products') }} as products
    on lines.product_id = products.product_id
where lines.is_counted_return
group by products.product_id, products.product_category
