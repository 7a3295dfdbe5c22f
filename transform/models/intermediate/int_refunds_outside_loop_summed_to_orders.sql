with refunds as (
    select *
    from {{ ref('int_refunds_paid') }}
    where not is_loop_refund and refund_amount > 0
),

final as (
    select
        sm_order_key,
        count(*) as refund_count,
        {{ sum_of_money('refund_amount') }} as refund_amount
    from refunds
    group by sm_order_key
)

select *
from final
