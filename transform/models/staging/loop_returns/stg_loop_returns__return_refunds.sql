with source as (
    {{ raw_rows('loop_returns', 'return_refunds') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('return_id') }} as return_id,
        {{ raw_text('id') }} as loop_refund_id,
        {{ digits(raw_text('provider_refund_id')) }} as refund_id,
        -- timestamps
        {{ raw_timestamp('provider_created_at') }} as refunded_at,
        {{ raw_timestamp('return_updated_at') }} as return_updated_at
    from source
),

current_rows as (
    {{ current_return_rows('loop_refund_id') }}
)

select *
from current_rows
