select distinct
    sku, coalesce(size, '(none)') as size, coalesce(colour, '(none)') as colour
from fct_order_lines
order by sku, size, colour
