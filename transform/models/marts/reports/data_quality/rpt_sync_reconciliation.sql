with compared as (
    select *
    from {{ ref('loop_returns', 'int_sync_audits_compared') }}
),

audits_in_raw as (
    select sync_id || ' ' || stream_name as sync_audit_key
    from {{ ref('loop_returns', 'stg_loop_returns__sync_audits') }}
),

arrived_keys as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__arrived_keys') }}
),

audit_table as (
    select is_loaded
    from {{ ref('loop_returns', 'stg_raw_tables') }}
    where
        source_name = 'loop_returns'
        and table_name = 'sync_audits'
),

newest_audits as (
    select
        stream_name,
        max(sync_id) as sync_id
    from compared
    group by stream_name
),

-- Every completed sync has an audit for its rows. If the stream sync_audits is
-- not selected, its table does not exist.
without_audit as (
    select
        arrived_keys.sync_id,
        arrived_keys.stream_name,
        arrived_keys.key_count
    from arrived_keys
    cross join audit_table
    left join newest_audits
        on arrived_keys.stream_name = newest_audits.stream_name
    where
        audit_table.is_loaded
        and (
            newest_audits.sync_id is null
            or arrived_keys.sync_id > newest_audits.sync_id
        )
),

-- A shortage is resolved if a later sync read the same range and all its rows
-- arrived.
read_again as (
    select distinct short.sync_audit_key
    from compared as short
    inner join compared as whole
        on short.stream_name = whole.stream_name
    where
        short.missing_key_count > 0
        and whole.missing_key_count = 0
        and whole.sync_id > short.sync_id
        and coalesce(whole.return_states, '')
        = coalesce(short.return_states, '')
        and (
            short.created_from is null
            or (
                whole.created_from <= short.created_from
                and whole.created_to >= short.created_to
            )
        )
        and (
            short.updated_from is null
            or (
                whole.updated_from <= short.updated_from
                and whole.updated_to >= short.updated_to
            )
        )
),

-- The newest sync of each stream that read everything: one that began without a
-- state and had no end date, or one of an endpoint that is always read
-- completely.
read_whole as (
    select
        stream_name,
        max(sync_id) as sync_id
    from compared
    where
        (created_from is null and updated_from is null)
        or (
            previous_sync_id is null
            and coalesce(created_to, updated_to) >= started_at
        )
    group by stream_name
),

-- The raw database was lost or restored from a copy older than the state: an
-- audit is missing that an earlier build counted, or that a later audit names.
lost as (
    select compared.sync_audit_key
    from compared
    left join read_whole
        on compared.stream_name = read_whole.stream_name
    where
        compared.sync_id >= coalesce(read_whole.sync_id, '')
        and (
            compared.sync_id || ' ' || compared.stream_name not in (
                select audits_in_raw.sync_audit_key
                from audits_in_raw
            )
            or (
                coalesce(compared.created_from, compared.updated_from)
                is not null
                and compared.previous_sync_id || ' ' || compared.stream_name
                not in (
                    select audits_in_raw.sync_audit_key
                    from audits_in_raw
                )
            )
        )
),

judged as (
    select
        compared.sync_id,
        compared.stream_name,
        compared.started_at,
        compared.finished_at,
        compared.created_from,
        compared.created_to,
        compared.updated_from,
        compared.updated_to,
        compared.row_count,
        compared.key_count,
        compared.arrived_key_count,
        compared.missing_key_count,
        case
            when lost.sync_audit_key is not null then 'lost'
            when compared.key_count is null then 'not comparable'
            when compared.missing_key_count = 0 then 'arrived'
            when read_again.sync_audit_key is not null then 'read again'
            else 'short'
        end as finding
    from compared
    left join read_again
        on compared.sync_audit_key = read_again.sync_audit_key
    left join lost
        on compared.sync_audit_key = lost.sync_audit_key
    union all
    select
        sync_id,
        stream_name,
        null as started_at,
        null as finished_at,
        null as created_from,
        null as created_to,
        null as updated_from,
        null as updated_to,
        null as row_count,
        null as key_count,
        key_count as arrived_key_count,
        null as missing_key_count,
        'no audit' as finding
    from without_audit
),

final as (
    select
        sync_id,
        stream_name,
        started_at as sync_started_at,
        finished_at as sync_finished_at,
        created_from,
        created_to,
        updated_from,
        updated_to,
        row_count as sent_row_count,
        key_count as sent_key_count,
        arrived_key_count,
        missing_key_count,
        finding,
        case
            when finding = 'lost' then {{ full_refresh_command() }}
            when finding not in ('short', 'no audit') then null
            when created_from is not null and updated_from is not null
                then
                    {{ reread_command('created_at') }}
                    || ' && '
                    || {{ reread_command('updated_at') }}
            when created_from is not null
                then {{ reread_command('created_at') }}
            when updated_from is not null
                then {{ reread_command('updated_at') }}
            else {{ reread_command(none) }}
        end as reread_command
    from judged
)

select *
from final
