{{ config(materialized='view') }}

with refunds as (
    select *
    from {{ ref('loop_returns', 'int_refunds_paid') }}
    where is_paid_outside_loop
),

final as (
    select
        sm_order_key,
        count(*) as refund_count,
        -- Null if the amount of one of its refunds is unknown.
        case
            when count(*) = count(refund_amount)
                then {{ sum_of_money('refund_amount') }}
        end as refund_amount
    from refunds
    group by sm_order_key
)

select *
from final
