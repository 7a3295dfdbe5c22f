{#
    The number of missing keys is exact only until the next sync of the stream
    adds other keys. The number is therefore counted while the sync is the
    newest of its stream; later loads and full refreshes keep the row.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='merge' if target.type == 'bigquery'
        else 'delete+insert',
    unique_key='sync_audit_key',
    full_refresh=false,
    on_schema_change='append_new_columns',
) }}

with audits as (
    select
        *,
        sync_id || ' ' || stream_name as sync_audit_key,
        row_number() over (
            partition by stream_name
            order by sync_id desc
        ) = 1 as is_newest
    from {{ ref('loop_returns', 'stg_loop_returns__sync_audits') }}
),

arrived_keys as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__arrived_keys') }}
),

to_count as (
    select *
    from audits
    {% if is_incremental() -%}
    where
        is_newest
        or sync_audit_key not in (
            select known.sync_audit_key
            from {{ this }} as known
        )
    {%- endif %}
),

-- A key that was sent again later has a greater sync id.
arrived as (
    select
        to_count.sync_audit_key,
        sum(arrived_keys.key_count) as key_count
    from to_count
    inner join arrived_keys
        on to_count.stream_name = arrived_keys.stream_name
    where arrived_keys.sync_id >= to_count.first_sync_id
    group by to_count.sync_audit_key
),

compared as (
    select
        to_count.sync_audit_key,
        to_count.sync_id,
        to_count.first_sync_id,
        to_count.previous_sync_id,
        to_count.stream_name,
        to_count.return_states,
        to_count.started_at,
        to_count.finished_at,
        to_count.created_from,
        to_count.created_to,
        to_count.updated_from,
        to_count.updated_to,
        to_count.row_count,
        to_count.key_count,
        cast(coalesce(arrived.key_count, 0) as {{ dbt.type_bigint() }})
            as arrived_key_count,
        cast(
            case
                when to_count.key_count > coalesce(arrived.key_count, 0)
                    then to_count.key_count - coalesce(arrived.key_count, 0)
                else 0
            end as {{ dbt.type_bigint() }}
        ) as missing_key_count
    from to_count
    left join arrived
        on to_count.sync_audit_key = arrived.sync_audit_key
)

select *
from compared
