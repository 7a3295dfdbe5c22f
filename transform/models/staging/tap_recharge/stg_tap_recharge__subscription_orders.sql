{{ config(enabled=var('subscription_source') == 'tap_recharge') }}

with source as (
    select *
    from {{ newest_rows(source('tap_recharge', 'orders'), ['id']) }}
),

order_items as (
    select
        {{ digits(json_text(raw_json('external_order_id'), '$.ecommerce')) }}
            as order_id,
        lower({{ raw_text('type') }}) as order_type,
        {{ raw_timestamp('processed_at') }} as processed_at,
        item
    from source
    {{ json_items(raw_json('line_items'), 'line_items') }}
),

-- A line of a subscription names it; the same one can be in two lines.
renamed as (
    select
        -- ids
        'recharge' as subscription_source,
        '{{ var("store_id") }}' as store_id,
        order_id,
        {{ json_text('item', '$.purchase_item_id') }} as subscription_id,
        -- text
        max(case order_type
            when 'checkout' then 'first'
            when 'recurring' then 'recurring'
            else 'unknown'
        end) as order_kind,
        -- timestamps
        max(processed_at) as processed_at
    from order_items
    where
        order_id is not null
        and {{ json_text('item', '$.purchase_item_type') }} = 'subscription'
    group by order_id, {{ json_text('item', '$.purchase_item_id') }}
)

select *
from renamed
