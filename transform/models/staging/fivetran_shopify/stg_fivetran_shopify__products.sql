{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

with source as (
    {{ typed_rows('fivetran_shopify', 'product') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(typed_text('id')) }} as product_id,
        -- text
        {{ typed_text('title') }} as product_title,
        {{ typed_text('product_type') }} as product_type,
        {{ typed_text('vendor') }} as vendor,
        cast(null as {{ dbt.type_string() }}) as category_name,
        lower({{ typed_text('status') }}) as status
    from source
    where {{ digits(typed_text('id')) }} is not null
)

select *
from renamed
