{{ incremental_by('order_id') }}

with refunds as (
    select *
    from {{ ref('stg_refunds') }}
    where
        order_id is not null
        and {{ is_affected('order_id') }}
),

payments as (
    select *
    from {{ ref('stg_order_payments') }}
    where
        payment_kind = 'refund'
        and payment_status = 'success'
        and {{ is_affected('order_id') }}
),

loop_refunds as (
    select distinct
        store_id,
        refund_id
    from {{ ref('stg_loop_returns__return_refunds') }}
    where
        refund_id is not null
        and {{ is_affected('return_id') }}
),

-- A source without the money of a refund has a payment of the same minute.
candidates as (
    select
        payments.store_id,
        payments.payment_id,
        payments.amount,
        refunds.refund_id,
        row_number() over (
            partition by payments.store_id, payments.payment_id
            order by
                abs({{ dbt.datediff(
                    'refunds.created_at', 'payments.created_at', 'second'
                ) }}),
                refunds.refund_id
        ) as position
    from payments
    inner join refunds
        on
            payments.store_id = refunds.store_id
            and payments.order_id = refunds.order_id
    where
        refunds.refund_amount is null
        and abs({{ dbt.datediff(
            'refunds.created_at', 'payments.created_at', 'second'
        ) }}) <= 60
),

paid as (
    select
        store_id,
        refund_id,
        {{ sum_of_money('amount') }} as amount
    from candidates
    where position = 1
    group by store_id, refund_id
),

final as (
    select
        refunds.store_id,
        refunds.refund_id,
        {{ sm_key('refunds.store_id', 'refunds.order_id') }} as sm_order_key,
        refunds.order_id,
        cast(
            coalesce(refunds.refund_amount, paid.amount, 0)
            as {{ type_money() }}
        ) as refund_amount,
        loop_refunds.refund_id is not null as is_loop_refund,
        refunds.created_at as refunded_at,
        {{ built_at() }} as built_at
    from refunds
    left join paid
        on
            refunds.store_id = paid.store_id
            and refunds.refund_id = paid.refund_id
    left join loop_refunds
        on
            refunds.store_id = loop_refunds.store_id
            and refunds.refund_id = loop_refunds.refund_id
)

select *
from final
