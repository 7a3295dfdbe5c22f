{{ config(enabled=var('shopify_source') == 'tap_shopify_graphql') }}

with source as (
    {{ raw_rows('tap_shopify_graphql', 'products') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(raw_text('id')) }} as product_id,
        -- text
        {{ raw_text('title') }} as product_title,
        {{ raw_text('productType') }} as product_type,
        {{ raw_text('vendor') }} as vendor,
        cast(null as {{ dbt.type_string() }}) as category_name,
        lower({{ raw_text('status') }}) as status
    from source
    where {{ digits(raw_text('id')) }} is not null
)

select *
from renamed
