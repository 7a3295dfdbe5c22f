{#
    The first time that was loaded for each milestone. Rows are only added: no
    later load and no full refresh changes them. On BigQuery raw keeps every
    version of a row, so the table is rebuilt completely from those there.
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
    {% if target.type != 'bigquery' and is_incremental() -%}
    where built_at > {{ last_built_at(this) }}
    {%- endif %}
),

{% if target.type != 'bigquery' and is_incremental() -%}
known as (
    select *
    from {{ this }}
    where
        return_id in (
            select milestones.return_id
            from milestones
        )
),

{% endif -%}
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
    left join known
        on
            milestones.store_id = known.store_id
            and milestones.return_id = known.return_id
            and milestones.milestone = known.milestone
    where known.return_id is null
    {%- endif %}
)

select *
from final
