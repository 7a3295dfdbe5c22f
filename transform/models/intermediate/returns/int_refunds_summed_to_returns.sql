{{ config(materialized='view') }}

with refunds as (
    select *
    from {{ ref('loop_returns', 'int_refunds_paid') }}
),

loop_refunds as (
    select
        *,
        min(return_id) over (partition by store_id, refund_id)
            as first_return_id
    from {{ ref('loop_returns', 'stg_loop_returns__return_refunds') }}
),

returns_booked as (
    select *
    from {{ ref('loop_returns', 'int_returns_booked') }}
),

final as (
    select
        loop_refunds.return_id,
        -- Null if the amount of one of the return's refunds is unknown.
        case
            when count(*) = count(refunds.refund_amount)
                then
                    {{ sum_of_money('refunds.refund_amount') }}
                    - coalesce(max(returns_booked.credit_in_refund_amount), 0)
        end as shopify_refund_amount
    from loop_refunds
    left join refunds
        on
            loop_refunds.store_id = refunds.store_id
            and loop_refunds.refund_id = refunds.refund_id
    left join returns_booked
        on loop_refunds.return_id = returns_booked.return_id
    -- If several returns name the same refund, it belongs to the first of them.
    where
        loop_refunds.refund_id is null
        or loop_refunds.return_id = loop_refunds.first_return_id
    group by loop_refunds.return_id
)

select *
from final
