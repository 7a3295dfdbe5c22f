{{ config(enabled=var('shopify_source') == 'tap_shopify_rest') }}
{%- set paths = {
    'id': '$.id',
    'order_line_id': '$.line_item_id',
    'restock_type': '$.restock_type',
    'quantity': '$.quantity',
    'subtotal_amount': '$.subtotal',
    'tax_amount': '$.total_tax'
} -%}

with source as (
    {{ raw_rows('tap_shopify_rest', 'orders') }}
),

refunds as (
    select
        {{ digits(raw_text('id')) }} as order_id,
        item as refund
    from {{ json_items('source', raw_json('refunds')) }}
),

refund_lines as (
    select
        {{ digits(json_text('refund', '$.id')) }} as refund_id,
        order_id,
        item
    from {{ json_typed_items(
        'refunds', json_part('refund', '$.refund_line_items'), paths.values()
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
        {{ to_money(json_item_text(paths['tax_amount'])) }} as tax_amount
    from refund_lines
    where
        refund_id is not null
        and {{ digits(json_item_text(paths['id'])) }} is not null
)

select *
from renamed
