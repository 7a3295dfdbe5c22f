{{ config(enabled=var('subscription_source') == 'tap_recharge') }}

with source as (
    {{ raw_rows('tap_recharge', 'orders') }}
),

-- tap-recharge 3.x names the shop's order in an object, 1.x in a column.
order_items as (
    select
        {{ digits('coalesce('
            ~ json_text(raw_json('external_order_id'), '$.ecommerce')
            ~ ', ' ~ raw_text('shopify_order_id') ~ ')') }} as order_id,
        lower({{ raw_text('type') }}) as order_type,
        {{ raw_timestamp('processed_at') }} as processed_at,
        item
    from {{ json_items('source', raw_json('line_items')) }}
),

-- tap-recharge 3.x has purchase_item_type; in 1.x an item belongs to a
-- subscription if it has a subscription_id.
items as (
    select
        order_id,
        order_type,
        processed_at,
        case
            when
                {{ json_text('item', '$.purchase_item_type') }}
                = 'subscription'
                then {{ json_text('item', '$.purchase_item_id') }}
            else {{ json_text('item', '$.subscription_id') }}
        end as subscription_id
    from order_items
),

-- The same subscription can be in two lines.
renamed as (
    select
        -- ids
        'recharge' as subscription_source,
        {{ text_literal(var('store_id')) }} as store_id,
        order_id,
        subscription_id,
        -- text
        max(case order_type
            when 'checkout' then 'first'
            when 'recurring' then 'recurring'
            else 'unknown'
        end) as order_kind,
        -- timestamps
        max(processed_at) as processed_at
    from items
    where order_id is not null and subscription_id is not null
    group by order_id, subscription_id
)

select *
from renamed
