{{ config(enabled=var('shopify_source') == 'tap_shopify_graphql') }}

with source as (
    select *
    from {{ newest_rows(source('tap_shopify_graphql', 'customers'), ['id']) }}
),

renamed as (
    select
        -- ids
        '{{ var("store_id") }}' as store_id,
        {{ digits(raw_text('id')) }} as customer_id,
        -- text
        {{ text_hash('lower(' ~ raw_text('email') ~ ')') }}
            as customer_email_hash,
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
