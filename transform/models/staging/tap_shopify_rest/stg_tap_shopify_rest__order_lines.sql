{{ config(
    enabled=var('shopify_source') == 'tap_shopify_rest',
    materialized='incremental',
    incremental_strategy='merge',
    unique_key='order_line_id',
    on_schema_change='fail'
) }}

with source as (
    {{ raw_rows('tap_shopify_rest', 'orders') }}
),

-- Taking an order's JSON apart is dear; only what changed is taken apart.
changed as (
    {{ changed_rows(
        digits(raw_text('id')), 'order_id', 'order_row_version'
    ) }}
),

order_lines as (
    select
        {{ digits(raw_text('id')) }} as order_id,
        row_version as order_row_version,
        item
    from changed
    {{ json_items(raw_json('line_items'), 'line_items') }}
),

renamed as (
    select
        -- ids
        '{{ var("store_id") }}' as store_id,
        order_id,
        {{ digits(json_text('item', '$.id')) }} as order_line_id,
        {{ digits(json_text('item', '$.product_id')) }} as product_id,
        {{ digits(json_text('item', '$.variant_id')) }} as variant_id,
        -- text
        nullif(trim({{ json_text('item', '$.sku') }}), '') as sku,
        {{ json_text('item', '$.title') }} as product_title,
        {{ json_text('item', '$.variant_title') }} as variant_title,
        {{ json_text('item', '$.vendor') }} as vendor,
        -- numerics
        {{ to_integer(json_text('item', '$.quantity')) }} as quantity,
        {{ to_integer(json_text('item', '$.current_quantity')) }}
            as current_quantity,
        coalesce({{ to_money(json_text('item', '$.price')) }}, 0)
            as unit_price_amount,
        {{ json_list_sum('item', '$.discount_allocations', 'amount') }}
            as discount_amount,
        -- booleans
        coalesce({{ json_text('item', '$.gift_card') }} = 'true', false)
            as is_gift_card,
        -- load metadata
        order_row_version
    from order_lines
    where
        order_id is not null
        and {{ digits(json_text('item', '$.id')) }} is not null
)

select *
from renamed
