{{ incremental_by('order_id') }}

with order_lines as (
    select *
    from {{ ref('stg_order_lines') }}
    where {{ is_affected('order_id') }}
),

products as (
    select *
    from {{ ref('stg_products') }}
),

native_exchange_lines as (
    select *
    from {{ ref('int_native_exchange_lines_detected') }}
    where {{ is_affected('order_id') }}
),

return_line_items as (
    select *
    from {{ ref('stg_loop_returns__return_line_items') }}
    where {{ is_affected('return_id') }}
),

units_sent_back as (
    select
        store_id,
        order_line_id,
        count(*) as unit_count
    from return_line_items
    where order_line_id is not null
    group by store_id, order_line_id
),

joined as (
    select
        order_lines.store_id,
        order_lines.order_id,
        order_lines.order_line_id,
        order_lines.product_id,
        order_lines.variant_id,
        order_lines.sku,
        order_lines.product_title,
        products.product_type,
        coalesce(order_lines.vendor, products.vendor) as vendor,
        -- The shop takes off units that staff removed and units sent back;
        -- the latter were sold.
        coalesce(least(
            order_lines.quantity,
            coalesce(
                order_lines.current_quantity
                + coalesce(units_sent_back.unit_count, 0),
                order_lines.quantity
            )
        ), 0) as quantity,
        order_lines.unit_price_amount,
        order_lines.discount_amount,
        native_exchange_lines.order_line_id is not null as is_exchange_line,
        not order_lines.is_gift_card
        and lower(coalesce(products.product_type, ''))
        not in {{ text_list(var('non_merchandise_product_types')) }}
            as is_merchandise
    from order_lines
    left join products
        on
            order_lines.store_id = products.store_id
            and order_lines.product_id = products.product_id
    left join native_exchange_lines
        on
            order_lines.store_id = native_exchange_lines.store_id
            and order_lines.order_line_id
            = native_exchange_lines.order_line_id
    left join units_sent_back
        on
            order_lines.store_id = units_sent_back.store_id
            and order_lines.order_line_id = units_sent_back.order_line_id
),

final as (
    select
        {{ sm_key('store_id', 'order_line_id') }} as sm_order_line_key,
        {{ sm_key('store_id', 'order_id') }} as sm_order_key,
        store_id,
        order_id,
        order_line_id,
        product_id,
        variant_id,
        coalesce(
            sku,
            'product ' || coalesce(product_id, '?')
            || ' variant ' || coalesce(variant_id, '?')
        ) as sku,
        product_title,
        coalesce(product_type, '(none)') as product_category,
        vendor,
        quantity,
        is_exchange_line,
        is_merchandise,
        is_merchandise and not is_exchange_line as is_sold_line,
        cast(unit_price_amount * quantity as {{ type_money() }})
            as gross_amount,
        cast(
            unit_price_amount * quantity - discount_amount
            as {{ type_money() }}
        ) as net_amount,
        {{ built_at() }} as built_at
    from joined
)

select *
from final
