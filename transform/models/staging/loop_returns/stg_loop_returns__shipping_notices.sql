{{ config(materialized='view') }}

with source as (
    {{ raw_rows('loop_returns', 'advanced_shipping_notices') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('id') }} as return_id,
        {{ raw_text('return_line_item_id') }} as return_line_item_id,
        -- timestamps
        {{ raw_timestamp('date_delivered') }} as delivered_at
    from source
    where
        {{ raw_text('id') }} is not null
        and {{ raw_text('return_line_item_id') }} is not null
)

select *
from renamed
