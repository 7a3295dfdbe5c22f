{{ config(enabled=var('shopify_source') == 'tap_shopify_graphql') }}

with source as (
    {{ raw_rows('tap_shopify_graphql', 'order_refunds') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(raw_text('id')) }} as refund_id,
        {{ digits(json_text(raw_json('order'), '$.id')) }} as order_id,
        -- numerics
        -- The stream has the units of a refund; the amounts are in the
        -- transactions.
        cast(null as {{ type_money() }}) as refund_amount,
        -- timestamps
        {{ raw_timestamp('createdAt') }} as created_at
    from source
    where {{ digits(raw_text('id')) }} is not null
)

select *
from renamed
