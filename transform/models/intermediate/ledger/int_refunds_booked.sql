{{ incremental_by('order_id', on_bigquery='view') }}

with refunds as (
    select *
    from {{ ref('loop_returns', 'int_refunds_paid') }}
    where {{ is_affected('order_id') }}
),

payments as (
    select *
    from {{ ref('loop_returns', 'stg_order_payments') }}
    where
        payment_kind = 'refund'
        and {{ is_affected('order_id') }}
),

refunds_matched as (
    select *
    from {{ ref('loop_returns', 'int_refunds_matched_to_returns') }}
    where {{ is_affected('order_id') }}
),

refund_lines as (
    select
        store_id,
        refund_id,
        sum(subtotal_amount + tax_amount) as goods_amount
    from {{ ref('loop_returns', 'stg_refund_lines') }}
    where {{ is_affected('order_id') }}
    group by store_id, refund_id
),

adjustments as (
    select
        store_id,
        refund_id,
        sum(
            case
                when adjustment_reason = 'shipping_refund' then 0
                else amount + coalesce(tax_amount, 0)
            end
        ) as adjustment_amount,
        sum(
            case
                when adjustment_reason = 'shipping_refund'
                    then amount + coalesce(tax_amount, 0)
            end
        ) as shipping_adjustment_amount,
        sum(
            case
                when adjustment_reason = 'shipping_refund' then tax_amount
            end
        ) as shipping_tax_adjustment_amount
    from {{ ref('loop_returns', 'stg_order_adjustments') }}
    where {{ is_affected('order_id') }}
    group by store_id, refund_id
),

-- For refunds of unknown amount: whether a payment was made or only attempted.
attempts as (
    select
        refunds.store_id,
        refunds.refund_id,
        max(case when payments.payment_status = 'success' then 1 else 0 end)
            as has_payment
    from refunds
    inner join payments
        on
            refunds.store_id = payments.store_id
            and refunds.order_id = payments.order_id
            and (
                refunds.refund_id = payments.refund_id
                or (
                    payments.refund_id is null
                    and abs({{ dbt.datediff(
                        'refunds.refunded_at', 'payments.created_at', 'second'
                    ) }}) <= 60
                )
            )
    where refunds.refund_amount is null
    group by refunds.store_id, refunds.refund_id
),

final as (
    select
        refunds.store_id,
        refunds.refund_id,
        refunds.order_id,
        refunds_matched.return_id,
        coalesce(refund_lines.goods_amount, 0) as goods_amount,
        coalesce(refunds.refund_amount, 0) as paid_amount,
        case
            when refunds.refund_amount is not null then 'paid'
            when attempts.has_payment = 1 then 'unknown'
            when attempts.has_payment = 0 then 'to_come'
            else 'none'
        end as payment_status,
        coalesce(adjustments.adjustment_amount, 0) as adjustment_amount,
        -- Shopify's GraphQL API lists no adjustments for shipping. What was
        -- paid beyond the goods and all adjustments is refunded shipping.
        coalesce(
            adjustments.shipping_adjustment_amount,
            case
                when refunds.refund_amount is not null
                    then least(
                        coalesce(refund_lines.goods_amount, 0)
                        - coalesce(adjustments.adjustment_amount, 0)
                        - refunds.refund_amount,
                        0
                    )
            end,
            0
        ) as shipping_adjustment_amount,
        coalesce(adjustments.shipping_tax_adjustment_amount, 0)
            as shipping_tax_adjustment_amount,
        {{ local_date('refunds.refunded_at') }} as shopify_date,
        {{ built_at() }} as built_at
    from refunds
    left join refunds_matched
        on
            refunds.store_id = refunds_matched.store_id
            and refunds.refund_id = refunds_matched.refund_id
    left join refund_lines
        on
            refunds.store_id = refund_lines.store_id
            and refunds.refund_id = refund_lines.refund_id
    left join adjustments
        on
            refunds.store_id = adjustments.store_id
            and refunds.refund_id = adjustments.refund_id
    left join attempts
        on
            refunds.store_id = attempts.store_id
            and refunds.refund_id = attempts.refund_id
)

select *
from final
