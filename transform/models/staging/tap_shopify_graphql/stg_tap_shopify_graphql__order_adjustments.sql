{{ config(enabled=var('shopify_source') == 'tap_shopify_graphql') }}
{%- set paths = {
    'id': '$.id',
    'reason': '$.reason',
    'amount': '$.amountSet.shopMoney.amount',
    'tax_amount': '$.taxAmountSet.shopMoney.amount'
} -%}

with source as (
    {{ raw_rows('tap_shopify_graphql', 'order_refunds') }}
),

adjustments as (
    select
        {{ digits(raw_text('id')) }} as refund_id,
        {{ digits(json_text(raw_json('order'), '$.id')) }} as order_id,
        item
    from {{ json_typed_items(
        'source', raw_json('orderAdjustments'), paths.values()
    ) }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(json_item_text(paths['id'])) }} as adjustment_id,
        refund_id,
        order_id,
        -- text
        lower({{ json_item_text(paths['reason']) }}) as adjustment_reason,
        -- numerics
        {{ to_money(json_item_text(paths['amount'])) }}
            as amount,
        {{ to_money(json_item_text(paths['tax_amount'])) }}
            as tax_amount
    from adjustments
    where
        refund_id is not null
        and {{ digits(json_item_text(paths['id'])) }} is not null
)

select *
from renamed
