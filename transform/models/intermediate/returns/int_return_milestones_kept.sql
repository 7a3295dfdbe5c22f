{#
    The first time that was loaded for each milestone. Rows are only added: no
    later load and no full refresh changes them. On BigQuery the raw table keeps
    every version of a row, so this table is rebuilt completely from these
    versions.
#}
{{ config(
    materialized='table' if target.type == 'bigquery' else 'incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

with milestones as (
    select *
    from {{ ref('loop_returns', 'int_return_milestones') }}
),

final as (
    select
        milestones.store_id,
        milestones.return_id,
        milestones.milestone,
        milestones.source_table,
        milestones.occurred_at,
        milestones.built_at
    from milestones
    {% if target.type != 'bigquery' and is_incremental() -%}
    where
        milestones.built_at > {{ last_built_at(this) }}
        and not exists (
            select 1
            from {{ this }} as known
            where
                known.store_id = milestones.store_id
                and known.return_id = milestones.return_id
                and known.milestone = milestones.milestone
        )
    {%- endif %}
)

select *
from final
