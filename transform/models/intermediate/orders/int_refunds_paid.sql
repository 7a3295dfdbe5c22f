{{ incremental_by('order_id') }}

with refunds as (
    select *
    from {{ ref('loop_returns', 'stg_refunds') }}
    where
        order_id is not null
        and {{ is_affected('order_id') }}
),

refund_payments as (
    select
        *,
        payment_status = 'success' as has_succeeded,
        {{ is_store_credit('gateway') }} as is_credit
    from {{ ref('loop_returns', 'stg_order_payments') }}
    where
        payment_kind = 'refund'
        and {{ is_affected('order_id') }}
),

payments as (
    select
        *,
        case when not is_credit then gateway end as money_gateway
    from refund_payments
),

loop_refunds as (
    select distinct
        store_id,
        refund_id
    from {{ ref('loop_returns', 'stg_loop_returns__return_refunds') }}
    where
        refund_id is not null
        and {{ is_affected('return_id') }}
),

-- A payment that names its refund belongs to that refund, whenever it was made.
named as (
    select
        store_id,
        refund_id,
        case
            when
                count(*)
                = count(case when has_succeeded then amount else 0 end)
                then {{ sum_of_money(
                    'case when has_succeeded then amount end'
                ) }}
        end as amount,
        {{ sum_of_money(
            'case when has_succeeded and is_credit then amount end'
        ) }} as credit_amount,
        case
            when
                min(case when has_succeeded then money_gateway end)
                = max(case when has_succeeded then money_gateway end)
                then min(case when has_succeeded then money_gateway end)
        end as payment_gateway
    from payments
    where refund_id is not null
    group by store_id, refund_id
),

-- Other payments belong to the nearest refund within 60 seconds.
candidates as (
    select
        payments.store_id,
        payments.payment_id,
        payments.amount,
        payments.is_credit,
        payments.money_gateway,
        refunds.refund_id,
        loop_refunds.refund_id is not null as is_loop_refund,
        rank() over (
            partition by payments.store_id, payments.payment_id
            order by
                abs({{ dbt.datediff(
                    'refunds.created_at', 'payments.created_at', 'second'
                ) }})
        ) as nearness
    from payments
    inner join refunds
        on
            payments.store_id = refunds.store_id
            and payments.order_id = refunds.order_id
    left join loop_refunds
        on
            refunds.store_id = loop_refunds.store_id
            and refunds.refund_id = loop_refunds.refund_id
    where
        payments.refund_id is null
        and payments.has_succeeded
        and abs({{ dbt.datediff(
            'refunds.created_at', 'payments.created_at', 'second'
        ) }}) <= 60
),

counted as (
    select
        *,
        count(case when nearness = 1 then 1 end) over (
            partition by store_id, payment_id
        ) as nearest_refunds,
        count(case when is_loop_refund then 1 end) over (
            partition by store_id, payment_id
        ) as near_loop_refunds
    from candidates
),

refunds_reached as (
    select
        *,
        max(case
            when nearness = 1 and nearest_refunds = 1 then 1 else 0
        end) over (partition by store_id, refund_id) as is_paid
    from counted
),

-- A payment is ambiguous if two refunds are equally near to it, or if a refund
-- within 60 seconds of it is not the only nearest refund of any payment.
payments_told_apart as (
    select
        *,
        case
            when
                max(nearest_refunds) over (
                    partition by store_id, payment_id
                ) = 1
                and min(is_paid) over (
                    partition by store_id, payment_id
                ) = 1
                then amount
        end as amount_told_apart
    from refunds_reached
),

near as (
    select
        store_id,
        refund_id,
        case
            when count(*) = count(amount_told_apart)
                then {{ sum_of_money('amount_told_apart') }}
        end as amount,
        {{ sum_of_money('case when is_credit then amount_told_apart end') }}
            as credit_amount,
        case
            when min(money_gateway) = max(money_gateway)
                then min(money_gateway)
        end as payment_gateway,
        max(case when near_loop_refunds = 0 and amount > 0 then 1 else 0 end)
            as is_money_outside_loop
    from payments_told_apart
    where nearness = 1
    group by store_id, refund_id
),

paid as (
    select
        refunds.store_id,
        refunds.refund_id,
        refunds.order_id,
        case
            when named.refund_id is not null then named.amount
            else coalesce(refunds.refund_amount, near.amount)
        end as refund_amount,
        coalesce(named.credit_amount, near.credit_amount) as credit_amount,
        -- Null if several gateways paid the refund, or if no payment is known.
        coalesce(named.payment_gateway, near.payment_gateway)
            as payment_gateway,
        loop_refunds.refund_id is not null as is_loop_refund,
        coalesce(near.is_money_outside_loop = 1, false)
            as is_money_outside_loop,
        refunds.created_at as refunded_at
    from refunds
    left join named
        on
            refunds.store_id = named.store_id
            and refunds.refund_id = named.refund_id
    left join near
        on
            refunds.store_id = near.store_id
            and refunds.refund_id = near.refund_id
    left join loop_refunds
        on
            refunds.store_id = loop_refunds.store_id
            and refunds.refund_id = loop_refunds.refund_id
),

final as (
    select
        store_id,
        refund_id,
        {{ sm_key('store_id', 'order_id') }} as sm_order_key,
        order_id,
        cast(refund_amount as {{ type_money() }}) as refund_amount,
        -- Part of the amount that went back to a gift card or store credit.
        cast(credit_amount as {{ type_money() }}) as credit_amount,
        payment_gateway,
        is_loop_refund,
        -- The amount may be unknown even if it is known that money was
        -- refunded.
        not is_loop_refund
        and (coalesce(refund_amount > 0, false) or is_money_outside_loop)
            as is_paid_outside_loop,
        refunded_at,
        {{ built_at() }} as built_at
    from paid
)

select *
from final
