{{ config(enabled=var('shopify_source') == 'tap_shopify_rest') }}

with products as (
    {{ raw_rows('tap_shopify_rest', 'products') }}
),

product_variants as (
    {{ raw_rows('tap_shopify_rest', 'product_variants') }}
),

nested as (
    select
        {{ digits(raw_text('id')) }} as product_id,
        item
    from {{ json_items('products', raw_json('variants')) }}
),

-- Some taps nest variants in products, some have a table of variants, some have
-- both.
renamed as (
    select
        {{ digits(json_text('item', '$.id')) }} as variant_id,
        product_id,
        {{ digits(json_text('item', '$.inventory_item_id')) }}
            as inventory_item_id,
        nullif(trim({{ json_text('item', '$.sku') }}), '') as sku,
        {{ json_text('item', '$.title') }} as variant_title,
        {{ to_money(json_text('item', '$.price')) }} as price_amount
    from nested
    union all
    select
        {{ digits(raw_text('id')) }} as variant_id,
        {{ digits(raw_text('product_id')) }} as product_id,
        {{ digits(raw_text('inventory_item_id')) }} as inventory_item_id,
        {{ raw_text('sku') }} as sku,
        {{ raw_text('title') }} as variant_title,
        {{ raw_money('price') }} as price_amount
    from product_variants
),

final as (
    select
        {{ text_literal(var('store_id')) }} as store_id,
        variant_id,
        max(product_id) as product_id,
        max(inventory_item_id) as inventory_item_id,
        max(sku) as sku,
        max(variant_title) as variant_title,
        max(price_amount) as price_amount
    from renamed
    where variant_id is not null
    group by variant_id
)

select *
from final
