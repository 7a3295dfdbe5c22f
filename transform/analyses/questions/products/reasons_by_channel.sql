-- Why do goods of each channel come back?
select orders.order_channel, units.reason_group, count(*) as unit_count
from {{ ref('loop_returns', 'fct_return_lines') }} as units
inner join {{ ref('loop_returns', 'fct_orders') }} as orders
    on units.sm_order_key = orders.sm_order_key
where
    units.is_counted_return and units.is_merchandise
    and not units.is_over_line_quantity
group by orders.order_channel, units.reason_group
