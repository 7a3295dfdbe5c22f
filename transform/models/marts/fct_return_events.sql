{{ incremental_by('loop_return_id') }}

with milestones as (
    select *
    from {{ ref('loop_returns', 'int_return_milestones_kept') }}
    where {{ is_affected('return_id') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where {{ is_affected('return_id') }}
),

dated as (
    select
        *,
        {{ local_date('occurred_at') }} as occurred_date
    from milestones
),

final as (
    select
        -- ids
        dated.return_id as loop_return_id,
        dated.milestone,
        dated.store_id as sm_store_id,
        returns.sm_order_key,
        returns.destination_id,
        -- text
        dated.source_table,
        returns.return_state,
        returns.outcome_group,
        returns.carrier,
        returns.return_method_type,
        returns.origin_country_code,
        -- numerics
        {{ days_between('returns.return_date', 'dated.occurred_date') }}
            as days_since_request,
        -- booleans
        returns.is_counted_return,
        -- dates
        dated.occurred_date,
        returns.return_date,
        returns.return_month_date,
        -- timestamps
        dated.occurred_at,
        -- build
        {{ built_at() }} as built_at
    from dated
    inner join returns
        on
            dated.store_id = returns.store_id
            and dated.return_id = returns.return_id
)

select *
from final
