{{ config(enabled=var('shopify_source') == 'tap_shopify_graphql') }}

with source as (
    select *
    from {{ newest_rows(source('tap_shopify_graphql', 'orders'), ['id']) }}
),

-- Each order's list is taken apart once.
order_lines as (
    select
        {{ digits(raw_text('id')) }} as order_id,
        item
    from source
    {{ json_items(raw_json('lineItems'), 'line_items') }}
),

renamed as (
    select
        -- ids
        '{{ var("store_id") }}' as store_id,
        order_id,
        {{ digits(json_text('item', '$.id')) }} as order_line_id,
        {{ digits(json_text('item', '$.product.id')) }} as product_id,
        {{ digits(json_text('item', '$.variant.id')) }} as variant_id,
        -- text
        nullif(trim({{ json_text('item', '$.sku') }}), '') as sku,
        {{ json_text('item', '$.title') }} as product_title,
        cast(null as {{ dbt.type_string() }}) as variant_title,
        {{ json_text('item', '$.vendor') }} as vendor,
        -- numerics
        {{ to_integer(json_text('item', '$.quantity')) }} as quantity,
        {{ to_integer(json_text('item', '$.currentQuantity')) }}
            as current_quantity,
        coalesce({{ to_money(json_text(
            'item', '$.originalUnitPriceSet.shopMoney.amount'
        )) }}, 0) as unit_price_amount,
        {{ json_list_sum(
            'item',
            '$.discountAllocations',
            'allocatedAmountSet.shopMoney.amount'
        ) }} as discount_amount,
        -- booleans
        coalesce({{ json_text('item', '$.isGiftCard') }} = 'true', false)
            as is_gift_card
    from order_lines
    where {{ digits(json_text('item', '$.id')) }} is not null
)

select *
from renamed
