{{ incremental_by('order_id') }}
{{ config(post_hook="{{ update_maturity('root_order_date') }}") }}

with order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines') }}
    where
        is_merchandise
        and {{ is_affected('order_id') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where {{ is_affected('order_id') }}
),

root_orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where
        is_customer_order
        and loop_exclusion_reason is null
        and {{ is_affected('order_id') }}
),

return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where
        is_counted_return
        and not is_warranty
        and not is_over_line_quantity
        and {{ is_affected('return_id') }}
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

returned as (
    select
        sm_order_line_key,
        count(*) as returned_units
    from return_lines
    where sm_order_line_key is not null
    group by sm_order_line_key
),

-- Lines sent out in exchange: all lines of an exchange order, and the lines
-- that an exchange added to another order.
final as (
    select
        order_lines.sm_order_line_key,
        order_lines.sm_order_key,
        order_lines.order_id,
        order_lines.variant_id,
        {{ product_key('order_lines') }} as product_key,
        order_lines.product_title,
        order_lines.product_category,
        root_orders.order_month_date as root_order_month_date,
        order_lines.quantity as exchanged_units,
        order_lines.exchange_added_units,
        coalesce(returned.returned_units, 0) as returned_units,
        root_orders.order_date as root_order_date,
        {{ is_mature('root_orders.order_date') }} as is_mature,
        {{ built_at() }} as built_at
    from order_lines
    inner join orders
        on order_lines.sm_order_key = orders.sm_order_key
    inner join root_orders
        on orders.root_sm_order_key = root_orders.sm_order_key
    left join returned
        on order_lines.sm_order_line_key = returned.sm_order_line_key
    cross join maturity
    where orders.order_role = 'exchange' or order_lines.is_exchange_line
)

select *
from final
