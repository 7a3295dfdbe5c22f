with source as (
    {{ raw_rows('loop_returns', 'return_refunds') }}
),

renamed as (
    select
        -- ids
        '{{ var("store_id") }}' as store_id,
        {{ raw_text('return_id') }} as return_id,
        {{ raw_text('id') }} as loop_refund_id,
        {{ digits(raw_text('provider_refund_id')) }} as refund_id,
        -- timestamps
        {{ raw_timestamp('provider_created_at') }} as refunded_at,
        {{ raw_timestamp('return_updated_at') }} as return_updated_at
    from source
),

returns as (
    select
        return_id,
        return_updated_at
    from {{ ref('stg_loop_returns__returns') }}
),

-- A row read with an older version of its return is gone from it.
current_rows as (
    select renamed.*
    from renamed
    inner join returns
        on renamed.return_id = returns.return_id
    where
        renamed.loop_refund_id is not null
        and renamed.return_updated_at
        is not distinct from returns.return_updated_at
)

select *
from current_rows
