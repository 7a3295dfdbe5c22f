-- Does a product come back more often if an order has several sizes of it?
with bought as (
    select sm_order_key, count(distinct size) > 1 as has_several_sizes,
        max(returned_units) > 0 as is_returned
    from {{ ref('loop_returns', 'fct_order_lines') }}
    where product_id is not null group by sm_order_key, product_id
)
select has_several_sizes, is_returned, count(*) as products
from bought
group by has_several_sizes, is_returned
