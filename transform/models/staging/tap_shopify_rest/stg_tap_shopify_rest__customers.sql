{{ config(
    enabled=var('shopify_source') == 'tap_shopify_rest',
    materialized='view'
) }}

with source as (
    {{ raw_rows('tap_shopify_rest', 'customers') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(raw_text('id')) }} as customer_id,
        -- text
        {{ email_hash(raw_text('email')) }} as customer_email_hash,
        {{ text_tags(raw_text('tags')) }} as customer_tags,
        -- numerics
        {{ to_integer(raw_text('orders_count')) }} as lifetime_order_count,
        -- timestamps
        {{ raw_timestamp('created_at') }} as created_at
    from source
    where {{ digits(raw_text('id')) }} is not null
)

select *
from renamed
