with source as (
    {{ raw_rows('loop_returns', 'sync_audits') }}
),

renamed as (
    select
        -- ids
        {{ raw_text('sync_id') }} as sync_id,
        {{ raw_text('first_sync_id') }} as first_sync_id,
        {{ raw_text('previous_sync_id') }} as previous_sync_id,
        -- text
        {{ raw_text('stream_name') }} as stream_name,
        {{ raw_text('states') }} as return_states,
        -- numerics
        {{ to_integer(raw_text('rows_sent')) }} as row_count,
        -- Null if the clock was ahead: its rows have smaller ids after a full
        -- refresh, which knows no earlier id.
        case
            when
                {{ raw_text('sync_id') }}
                <= '{{ run_started_at.strftime("%Y%m%dT%H%M%S") }}'
                then {{ to_integer(raw_text('distinct_keys')) }}
        end as key_count,
        -- timestamps
        {{ raw_timestamp('started_at') }} as started_at,
        {{ raw_timestamp('finished_at') }} as finished_at,
        {{ raw_timestamp('created_from') }} as created_from,
        {{ raw_timestamp('created_to') }} as created_to,
        {{ raw_timestamp('updated_from') }} as updated_from,
        {{ raw_timestamp('updated_to') }} as updated_to
    from source
    where
        {{ raw_text('sync_id') }} is not null
        and {{ raw_text('stream_name') }} is not null
        -- The models read no tables of renamed or copied streams.
        and {{ raw_text('stream_name') }}
        = coalesce({{ raw_text('tap_stream') }}, {{ raw_text('stream_name') }})
)

select *
from renamed
