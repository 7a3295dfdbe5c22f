with source as (
    {{ raw_rows(
        'loop_returns', 'return_labels'
    ) }}
),

renamed as (
    select
        -- ids
        '{{ var("store_id") }}' as store_id,
        {{ raw_text('return_id') }} as return_id,
        {{ to_integer(raw_text('label_position')) }} as label_position,
        -- text
        lower({{ raw_text('status') }}) as label_status,
        {{ raw_text('carrier') }} as carrier,
        {{ raw_text('tracking_number') }} as tracking_number,
        -- numerics
        {{ raw_label_cost('rate') }} as label_cost,
        -- timestamps
        {{ raw_timestamp('updated_at') }} as label_updated_at,
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
        renamed.label_position is not null
        and renamed.return_updated_at
        is not distinct from returns.return_updated_at
)

select *
from current_rows
