{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

with source as (
    {{ typed_rows('fivetran_shopify', 'order_line') }}
),

discount_allocations as (
    {{ typed_rows('fivetran_shopify', 'discount_allocation') }}
),

tax_lines as (
    {{ typed_rows('fivetran_shopify', 'tax_line') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'stg_fivetran_shopify__orders') }}
),

discounts as (
    select
        {{ digits(typed_text('order_line_id')) }} as order_line_id,
        sum(coalesce(
            {{ to_money(typed_text('amount')) }},
            {{ to_money(typed_text('allocated_amount_set_shop_amount')) }}
        )) as discount_amount
    from discount_allocations
    group by 1
),

taxes as (
    select
        {{ digits(typed_text('order_line_id')) }} as order_line_id,
        sum(coalesce(
            {{ to_money(typed_text('price')) }},
            {{ to_money(typed_text('price_set_shop_amount')) }}
        )) as tax_amount
    from tax_lines
    group by 1
),

-- Fivetran's schema named graphql has no unit price, only the line's total.
renamed as (
    select
        {{ staged_pass_through('order_lines', rows='typed') }}
        {{ digits(typed_text('order_id')) }} as order_id,
        {{ digits(typed_text('id')) }} as order_line_id,
        {{ digits(typed_text('product_id')) }} as product_id,
        {{ digits(typed_text('variant_id')) }} as variant_id,
        {{ typed_text('sku') }} as sku,
        {{ typed_text('title') }} as product_title,
        {{ typed_text('variant_title') }} as variant_title,
        {{ typed_text('vendor') }} as vendor,
        {{ to_integer(typed_text('quantity')) }} as quantity,
        {{ to_integer(typed_text('current_quantity')) }} as current_quantity,
        coalesce(
            {{ to_money(typed_text('price')) }},
            {{ to_money(typed_text('original_total_set_shop_amount')) }}
            / nullif({{ to_money(typed_text('quantity')) }}, 0),
            0
        ) as unit_price_amount,
        coalesce(
            {{ to_money(typed_text('total_discount')) }},
            {{ to_money(typed_text('total_discount_set_shop_amount')) }},
            0
        ) as line_discount_amount,
        coalesce(
            {{ typed_text('gift_card') }}, {{ typed_text('is_gift_card') }}
        ) as gift_card
    from source
    where {{ digits(typed_text('id')) }} is not null
),

final as (
    select
        {{ text_literal(var('store_id')) }} as store_id,
        renamed.order_id,
        renamed.order_line_id,
        renamed.product_id,
        renamed.variant_id,
        renamed.sku,
        renamed.product_title,
        renamed.variant_title,
        renamed.vendor,
        renamed.quantity,
        renamed.current_quantity,
        cast(renamed.unit_price_amount as {{ type_money() }})
            as unit_price_amount,
        cast(coalesce(
            discounts.discount_amount, renamed.line_discount_amount
        ) as {{ type_money() }}) as discount_amount,
        cast(coalesce(taxes.tax_amount, 0) as {{ type_money() }})
            as tax_amount,
        {{ passed_through('order_lines', 'renamed') }}
        coalesce(lower(renamed.gift_card) = 'true', false) as is_gift_card
    from renamed
    inner join orders
        on renamed.order_id = orders.order_id
    left join discounts
        on renamed.order_line_id = discounts.order_line_id
    left join taxes
        on renamed.order_line_id = taxes.order_line_id
)

select *
from final
