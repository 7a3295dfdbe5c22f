{{ config(enabled=var('shopify_source') == 'tap_shopify_graphql') }}

with source as (
    {{ raw_rows('tap_shopify_graphql', 'order_refunds') }}
),

refund_lines as (
    select
        {{ digits(raw_text('id')) }} as refund_id,
        {{ digits(json_text(raw_json('order'), '$.id')) }} as order_id,
        item
    from source
    {{ json_items(raw_json('refundLineItems'), 'refund_line_items') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(json_text('item', '$.id')) }} as refund_line_id,
        refund_id,
        order_id,
        {{ digits(json_text('item', '$.lineItem.id')) }} as order_line_id,
        -- text
        lower({{ json_text('item', '$.restockType') }}) as restock_type,
        -- numerics
        {{ to_integer(json_text('item', '$.quantity')) }} as quantity,
        {{ to_money(json_text('item', '$.subtotalSet.shopMoney.amount')) }}
            as subtotal_amount,
        {{ to_money(json_text('item', '$.totalTaxSet.shopMoney.amount')) }}
            as tax_amount
    from refund_lines
    where
        refund_id is not null
        and {{ digits(json_text('item', '$.id')) }} is not null
)

select *
from renamed
