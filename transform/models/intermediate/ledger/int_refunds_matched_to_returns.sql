{{ incremental_by('order_id') }}

with refunds as (
    select *
    from {{ ref('loop_returns', 'int_refunds_paid') }}
    where {{ is_affected('order_id') }}
),

refund_lines as (
    select *
    from {{ ref('loop_returns', 'stg_refund_lines') }}
    where {{ is_affected('order_id') }}
),

loop_refunds as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_refunds') }}
    where
        refund_id is not null
        and {{ is_affected('return_id') }}
),

returns as (
    select
        *,
        coalesce(return_processed_at, return_closed_at, return_updated_at)
            as finished_at
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where
        is_realised_return
        and {{ is_affected('return_id') }}
),

-- If several returns name the same refund, it belongs to the one with the first
-- id.
named as (
    select
        store_id,
        refund_id,
        min(return_id) as return_id
    from loop_refunds
    group by store_id, refund_id
),

returns_naming_none as (
    select *
    from returns
    where
        is_processed
        and return_id not in (
            select named.return_id
            from named
        )
),

goods_refunded as (
    select
        refunds.store_id,
        refunds.refund_id,
        refunds.order_id,
        refunds.sm_order_key,
        refunds.refund_amount,
        refunds.credit_amount,
        refunds.payment_gateway,
        refunds.refunded_at,
        sum(refund_lines.subtotal_amount + refund_lines.tax_amount)
            as goods_amount
    from refunds
    inner join refund_lines
        on
            refunds.store_id = refund_lines.store_id
            and refunds.refund_id = refund_lines.refund_id
    where not refunds.is_loop_refund
    group by
        refunds.store_id,
        refunds.refund_id,
        refunds.order_id,
        refunds.sm_order_key,
        refunds.refund_amount,
        refunds.credit_amount,
        refunds.payment_gateway,
        refunds.refunded_at
),

-- Loop may name no refund where no money moved, as in an exchange. Such a
-- return gets the refund of its order that has the same value and is nearest
-- in time.
candidates as (
    select
        goods_refunded.*,
        returns_naming_none.return_id,
        abs({{ dbt.datediff(
            'goods_refunded.refunded_at',
            'returns_naming_none.finished_at',
            'second'
        ) }}) as seconds_apart
    from goods_refunded
    inner join returns_naming_none
        on
            goods_refunded.sm_order_key = returns_naming_none.sm_order_key
            and goods_refunded.goods_amount = returns_naming_none.return_total
),

nearest as (
    select
        *,
        row_number() over (
            partition by store_id, refund_id
            order by seconds_apart, return_id
        ) as nearest_return,
        row_number() over (
            partition by return_id
            order by seconds_apart, refund_id
        ) as nearest_refund
    from candidates
),

-- Among refunds and returns of one order with goods of the same value, those
-- that are nearest to each other are first, and the others follow by nearness.
refunds_numbered as (
    select
        *,
        row_number() over (
            partition by sm_order_key, goods_amount
            order by least(nearest_refund, 2), seconds_apart, refund_id
        ) as place
    from nearest
    where nearest_return = 1
),

returns_numbered as (
    select
        *,
        row_number() over (
            partition by sm_order_key, goods_amount
            order by
                least(nearest_return, 2), seconds_apart, refund_id, return_id
        ) as place
    from nearest
    where nearest_refund = 1
),

final as (
    select
        refunds.store_id,
        refunds.refund_id,
        refunds.order_id,
        named.return_id,
        refunds.refund_amount,
        refunds.credit_amount,
        refunds.payment_gateway,
        refunds.refunded_at,
        {{ built_at() }} as built_at
    from refunds
    inner join named
        on
            refunds.store_id = named.store_id
            and refunds.refund_id = named.refund_id
    union all
    select
        refunds_numbered.store_id,
        refunds_numbered.refund_id,
        refunds_numbered.order_id,
        returns_numbered.return_id,
        refunds_numbered.refund_amount,
        refunds_numbered.credit_amount,
        refunds_numbered.payment_gateway,
        refunds_numbered.refunded_at,
        {{ built_at() }} as built_at
    from refunds_numbered
    inner join returns_numbered
        on
            refunds_numbered.sm_order_key = returns_numbered.sm_order_key
            and refunds_numbered.goods_amount = returns_numbered.goods_amount
            and refunds_numbered.place = returns_numbered.place
)

select *
from final
