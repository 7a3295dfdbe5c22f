{#-
    Columns: tie line, amount in the ledger, amount in Shopify, day in the
    ledger.
-#}
{%- set tie_lines = [
    ('goods', 'ledger_goods_amount', 'goods_amount', 'goods_date'),
    ('shipping', 'ledger_shipping_amount', '-shipping_adjustment_amount',
        'refund_date'),
    ('refund', '-ledger_refund_amount',
        'paid_amount - credit_in_refund_amount', 'refund_date'),
    ('order_adjustment', 'nothing', 'adjustment_amount', 'goods_date'),
] -%}

with returns as (
    select *
    from {{ ref('loop_returns', 'int_ledger_summed_to_returns') }}
),

returns_booked as (
    select *
    from {{ ref('loop_returns', 'int_returns_booked') }}
),

refunds as (
    select *
    from {{ ref('loop_returns', 'int_refunds_booked') }}
),

orders as (
    select
        store_id,
        order_id,
        currency_code,
        coalesce(is_test, false) as is_test,
        cancelled_at is not null as is_cancelled
    from {{ ref('loop_returns', 'stg_orders') }}
),

payments as (
    select
        store_id,
        order_id,
        sum(amount) as paid_back_amount,
        max({{ local_date('created_at') }}) as shopify_date
    from {{ ref('loop_returns', 'stg_order_payments') }}
    where payment_kind = 'refund' and payment_status = 'success'
    group by store_id, order_id
),

-- The refunds of a return are compared together, other refunds one by one.
refunds_together as (
    select
        store_id,
        return_id,
        min(case when return_id is null then refund_id end) as refund_id,
        min(order_id) as order_id,
        sum(goods_amount) as goods_amount,
        sum(paid_amount) as paid_amount,
        sum(adjustment_amount) as adjustment_amount,
        sum(shipping_adjustment_amount) as shipping_adjustment_amount,
        max(case when payment_status = 'to_come' then 1 else 0 end)
            as is_to_come,
        max(case when payment_status = 'unknown' then 1 else 0 end)
            as is_unknown,
        max(case when payment_status = 'paid' then 1 else 0 end) as is_paid,
        min(shopify_date) as shopify_date
    from refunds
    group by
        store_id,
        return_id,
        case when return_id is null then refund_id end
),

-- Shopify can pay a cancelled order back without a refund.
paid_without_refund as (
    select
        payments.store_id,
        payments.order_id,
        payments.paid_back_amount - coalesce(sum(refunds.paid_amount), 0)
            as paid_amount,
        payments.shopify_date
    from payments
    inner join orders
        on
            payments.store_id = orders.store_id
            and payments.order_id = orders.order_id
    left join refunds
        on
            payments.store_id = refunds.store_id
            and payments.order_id = refunds.order_id
    where
        orders.is_cancelled
        and payments.paid_back_amount is not null
    group by
        payments.store_id,
        payments.order_id,
        payments.paid_back_amount,
        payments.shopify_date
    having
        coalesce(max(case
            when refunds.payment_status = 'unknown' then 1
            else 0
        end), 0) = 0
        and payments.paid_back_amount > coalesce(sum(refunds.paid_amount), 0)
),

joined as (
    select
        coalesce(returns.store_id, refunds_together.store_id) as store_id,
        coalesce(refunds_together.order_id, returns.order_id) as order_id,
        coalesce(returns.return_id, refunds_together.return_id) as return_id,
        refunds_together.refund_id,
        returns.currency_code as loop_currency_code,
        coalesce(returns.goods_amount, 0) as ledger_goods_amount,
        coalesce(returns.shipping_amount, 0) as ledger_shipping_amount,
        coalesce(returns.refund_amount, 0) as ledger_refund_amount,
        coalesce(returns.loop_difference_amount, 0) as loop_difference_amount,
        coalesce(returns_booked.credit_in_refund_amount, 0)
            as credit_in_refund_amount,
        returns.goods_date,
        returns.refund_date,
        refunds_together.store_id is not null as has_refund,
        coalesce(refunds_together.goods_amount, 0) as goods_amount,
        coalesce(refunds_together.paid_amount, 0) as paid_amount,
        coalesce(refunds_together.adjustment_amount, 0) as adjustment_amount,
        coalesce(refunds_together.shipping_adjustment_amount, 0)
            as shipping_adjustment_amount,
        coalesce(refunds_together.is_to_come, 0) = 1 as is_to_come,
        coalesce(refunds_together.is_unknown, 0) = 1 as is_unknown,
        coalesce(refunds_together.is_paid, 0) = 1 as is_paid,
        refunds_together.shopify_date
    from returns
    full outer join refunds_together
        on returns.return_id = refunds_together.return_id
    left join returns_booked
        on returns.return_id = returns_booked.return_id
    union all
    select
        store_id,
        order_id,
        null as return_id,
        null as refund_id,
        null as loop_currency_code,
        0 as ledger_goods_amount,
        0 as ledger_shipping_amount,
        0 as ledger_refund_amount,
        0 as loop_difference_amount,
        0 as credit_in_refund_amount,
        null as goods_date,
        null as refund_date,
        true as has_refund,
        0 as goods_amount,
        paid_amount,
        0 as adjustment_amount,
        0 as shipping_adjustment_amount,
        false as is_to_come,
        false as is_unknown,
        true as is_paid,
        shopify_date
    from paid_without_refund
),

known as (
    select
        joined.*,
        0 as nothing,
        orders.order_id is not null as is_order_known,
        orders.currency_code as order_currency_code,
        coalesce(joined.loop_currency_code, orders.currency_code)
            as currency_code,
        coalesce(joined.loop_currency_code <> orders.currency_code, false)
            as is_in_other_currency
    from joined
    left join orders
        on
            joined.store_id = orders.store_id
            and joined.order_id = orders.order_id
    where not coalesce(orders.is_test, false)
),

compared as (
    {% for tie_line, ledger_amount, shopify_amount, ledger_date in tie_lines -%}
    select
        *,
        '{{ tie_line }}' as tie_line,
        {{ ledger_amount }} as ledger_amount,
        {{ shopify_amount }} as shopify_amount,
        {{ ledger_date }} as ledger_date
    from known
    {{ "union all" if not loop.last }}
    {% endfor -%}
),

-- Shopify's amount in another currency than the return's has a row of its own.
apart as (
    select
        *,
        currency_code as row_currency_code,
        ledger_date as row_ledger_date,
        case when not is_in_other_currency then shopify_date end
            as row_shopify_date,
        ledger_amount as ledger_part,
        case when is_in_other_currency then 0 else shopify_amount end
            as shopify_part
    from compared
    union all
    select
        *,
        order_currency_code as row_currency_code,
        cast(null as date) as row_ledger_date,
        shopify_date as row_shopify_date,
        0 as ledger_part,
        shopify_amount as shopify_part
    from compared
    where is_in_other_currency
),

final as (
    select
        store_id,
        order_id,
        return_id,
        refund_id,
        tie_line,
        row_currency_code as currency_code,
        row_ledger_date as ledger_date,
        row_shopify_date as shopify_date,
        cast(ledger_part as {{ type_money() }}) as ledger_amount,
        cast(shopify_part as {{ type_money() }}) as shopify_amount,
        case
            when ledger_part = shopify_part then 'none'
            when tie_line = 'order_adjustment' and is_unknown
                then 'payment_unknown'
            when
                tie_line = 'order_adjustment'
                and (
                    is_to_come
                    -- The value that Shopify did not pay back in money, or the
                    -- value that Loop did not refund.
                    or shopify_amount
                    = goods_amount - shipping_adjustment_amount - paid_amount
                    or shopify_amount
                    = goods_amount - shipping_adjustment_amount
                    + ledger_refund_amount
                )
                then 'adjustment_left_standing'
            when return_id is null then 'refund_outside_loop'
            when not is_order_known then 'missing_order'
            when not has_refund then 'missing_refund'
            when is_in_other_currency then 'currency'
            when
                tie_line = 'goods'
                and loop_difference_amount <> 0
                and ledger_amount + loop_difference_amount = shopify_amount
                then 'loop_difference'
            when
                ledger_date is null and ledger_amount = 0 and goods_date is null
                then 'return_still_open'
            when tie_line = 'goods' and goods_amount = 0
                then 'refund_without_goods'
            -- Refunded shipping may be known only from the payment.
            when tie_line in ('refund', 'shipping') and is_unknown
                then 'payment_unknown'
            when tie_line in ('refund', 'shipping') and is_to_come
                then 'payment_to_come'
            when tie_line in ('refund', 'shipping') and not is_paid
                then 'payment_missing'
            when
                {{ is_rounding(
                    'ledger_amount - shopify_amount', 'row_currency_code'
                ) }}
                then 'rounding'
            else 'unexplained'
        end as reason_class
    from apart
    where ledger_part <> 0 or shopify_part <> 0
)

select *
from final
