{{ config(materialized='view') }}

with source as (
    {{ raw_rows(
        'loop_returns', 'return_reasons'
    ) }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('return_id') }} as return_id,
        {{ raw_text('line_item_id') }} as return_line_item_id,
        {{ raw_text('parent_return_reason_id') }} as parent_return_reason_id,
        {{ raw_text('return_reason_id') }} as return_reason_id,
        -- text
        {{ raw_text('parent_return_reason') }} as parent_return_reason,
        {{ raw_text('return_reason') }} as return_reason,
        -- timestamps
        {{ raw_timestamp('return_updated_at') }} as return_updated_at
    from source
),

current_rows as (
    {{ current_return_rows('return_line_item_id') }}
)

select *
from current_rows
