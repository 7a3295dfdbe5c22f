{{ config(materialized='view') }}

with refunds as (
    select *
    from {{ ref('loop_returns', 'int_refunds_paid') }}
    where is_paid_outside_loop
),

refund_lines as (
    select *
    from {{ ref('loop_returns', 'stg_refund_lines') }}
),

-- Refunds with only lines of restock type cancel: their units were never sent,
-- so the refund is an edit of the order, not a return.
edits as (
    select
        store_id,
        refund_id
    from refund_lines
    group by store_id, refund_id
    having min(case when restock_type = 'cancel' then 1 else 0 end) = 1
),

final as (
    select
        refunds.sm_order_key,
        {{ count_if('edits.refund_id is null') }} as refund_count,
        -- Null if the amount of one of the order's refunds is unknown.
        case
            when count(*) = count(refunds.refund_amount)
                then {{ sum_of_money('refunds.refund_amount') }}
        end as refund_amount
    from refunds
    left join edits
        on
            refunds.store_id = edits.store_id
            and refunds.refund_id = edits.refund_id
    group by refunds.sm_order_key
)

select *
from final
