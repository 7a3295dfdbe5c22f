select
    fct_orders.order_name, fct_order_lines.order_date, fct_order_lines.sku,
    fct_order_lines.product_title, fct_order_lines.product_category,
    coalesce(fct_order_lines.size, '(none)') as size,
    coalesce(fct_order_lines.colour, '(none)') as colour,
    fct_order_lines.sold_units, fct_order_lines.returned_units,
    fct_order_lines.is_mature
from fct_order_lines
inner join fct_orders
    on fct_order_lines.sm_order_key = fct_orders.sm_order_key
where fct_order_lines.returned_units > 0
order by fct_order_lines.order_date desc nulls last, fct_orders.order_name
