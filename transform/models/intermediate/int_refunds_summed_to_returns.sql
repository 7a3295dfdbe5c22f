with refunds as (
    select *
    from {{ ref('int_refunds_paid') }}
),

loop_refunds as (
    select *
    from {{ ref('stg_loop_returns__return_refunds') }}
),

final as (
    select
        loop_refunds.return_id,
        {{ sum_of_money('refunds.refund_amount') }} as shopify_refund_amount
    from loop_refunds
    inner join refunds
        on
            loop_refunds.store_id = refunds.store_id
            and loop_refunds.refund_id = refunds.refund_id
    group by loop_refunds.return_id
)

select *
from final
