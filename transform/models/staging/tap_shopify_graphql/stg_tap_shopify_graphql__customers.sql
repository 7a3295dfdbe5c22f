{{ config(
    enabled=var('shopify_source') == 'tap_shopify_graphql',
    materialized='view'
) }}

with source as (
    {{ raw_rows('tap_shopify_graphql', 'customers') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(raw_text('id')) }} as customer_id,
        -- text
        {{ email_hash(raw_text('email')) }} as customer_email_hash,
        {{ json_tags(raw_json('tags')) }} as customer_tags,
        -- numerics
        {{ to_integer(raw_text('numberOfOrders')) }} as lifetime_order_count,
        -- timestamps
        {{ raw_timestamp('createdAt') }} as created_at
    from source
    where {{ digits(raw_text('id')) }} is not null
)

select *
from renamed
