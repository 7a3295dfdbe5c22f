with refunds as (
    select *
    from {{ ref('loop_returns', 'int_refunds_paid') }}
    where is_paid_outside_loop
),

final as (
    select
        sm_order_key,
        count(*) as refund_count
    from refunds
    group by sm_order_key
)

select *
from final
