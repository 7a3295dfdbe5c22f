{{ config(enabled=var('shopify_source') == 'tap_shopify_rest') }}

with source as (
    {{ raw_rows('tap_shopify_rest', 'orders') }}
),

refunds as (
    select
        {{ digits(raw_text('id')) }} as order_id,
        item
    from source
    {{ json_items(raw_json('refunds'), 'refunds') }}
),

renamed as (
    select
        -- ids
        '{{ var("store_id") }}' as store_id,
        {{ digits(json_text('item', '$.id')) }} as refund_id,
        order_id,
        -- numerics
        {{ json_list_sum('item', '$.transactions', 'amount') }}
            as refund_amount,
        -- timestamps
        {{ to_timestamp(json_text('item', '$.created_at')) }} as created_at
    from refunds
    where {{ digits(json_text('item', '$.id')) }} is not null
)

select *
from renamed
