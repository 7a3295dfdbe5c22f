{{ config(enabled=var('shopify_source') == 'tap_shopify_graphql') }}
{%- set paths = {
    'id': '$.id',
    'order_line_id': '$.lineItem.id',
    'restock_type': '$.restockType',
    'quantity': '$.quantity',
    'subtotal_amount': '$.subtotalSet.shopMoney.amount',
    'tax_amount': '$.totalTaxSet.shopMoney.amount'
} -%}

with source as (
    {{ raw_rows('tap_shopify_graphql', 'order_refunds') }}
),

refund_lines as (
    select
        {{ digits(raw_text('id')) }} as refund_id,
        {{ digits(json_text(raw_json('order'), '$.id')) }} as order_id,
        item
    from {{ json_typed_items(
        'source', raw_json('refundLineItems'), paths.values()
    ) }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(json_item_text(paths['id'])) }} as refund_line_id,
        refund_id,
        order_id,
        {{ digits(json_item_text(paths['order_line_id'])) }} as order_line_id,
        -- text
        lower({{ json_item_text(paths['restock_type']) }}) as restock_type,
        -- numerics
        {{ to_integer(json_item_text(paths['quantity'])) }} as quantity,
        {{ to_money(json_item_text(paths['subtotal_amount'])) }}
            as subtotal_amount,
        {{ to_money(json_item_text(paths['tax_amount'])) }}
            as tax_amount
    from refund_lines
    where
        refund_id is not null
        and {{ digits(json_item_text(paths['id'])) }} is not null
)

select *
from renamed
