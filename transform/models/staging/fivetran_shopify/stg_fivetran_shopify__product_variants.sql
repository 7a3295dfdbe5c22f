{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

with source as (
    {{ typed_rows('fivetran_shopify', 'product_variant') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(typed_text('id')) }} as variant_id,
        {{ digits(typed_text('product_id')) }} as product_id,
        {{ digits(typed_text('inventory_item_id')) }} as inventory_item_id,
        -- text
        {{ typed_text('sku') }} as sku,
        {{ typed_text('title') }} as variant_title,
        -- numerics
        {{ to_money(typed_text('price')) }} as price_amount
    from source
    where {{ digits(typed_text('id')) }} is not null
)

select *
from renamed
