{{ config(enabled=var('shopify_source') == 'tap_shopify_graphql') }}

with source as (
    {{ raw_rows('tap_shopify_graphql', 'product_variants') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(raw_text('id')) }} as variant_id,
        {{ digits(json_text(raw_json('product'), '$.id')) }} as product_id,
        {{ digits(json_text(raw_json('inventoryItem'), '$.id')) }}
            as inventory_item_id,
        -- text
        {{ raw_text('sku') }} as sku,
        {{ raw_text('title') }} as variant_title,
        -- numerics
        {{ raw_money('price') }} as price_amount
    from source
    where {{ digits(raw_text('id')) }} is not null
)

select *
from renamed
