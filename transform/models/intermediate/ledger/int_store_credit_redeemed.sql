{{ incremental_by('return_id') }}

-- Store credit that was issued, and refunds that went to a gift card or store
-- credit.
with entries as (
    select *
    from {{ ref('loop_returns', 'int_ledger_entries') }}
    where
        account_class = 'store_credit'
        and {{ is_affected('return_id') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_booked') }}
    where
        credit_in_refund_amount > 0
        and {{ is_affected('return_id') }}
),

orders as (
    select
        sm_order_key,
        sm_customer_key,
        sm_store_id as store_id,
        order_id,
        order_name,
        currency_code
    from {{ ref('loop_returns', 'int_orders') }}
    where
        sm_customer_key is not null
        and {{ is_affected('order_id') }}
),

payments as (
    select *
    from {{ ref('loop_returns', 'stg_order_payments') }}
    where
        {{ is_store_credit('gateway') }}
        and payment_status = 'success'
        and amount > 0
        and {{ is_affected('order_id') }}
),

issued_entries as (
    select
        return_id,
        sm_order_key,
        currency_code,
        loop_occurred_at,
        sum(amount) as amount
    from entries
    group by return_id, sm_order_key, currency_code, loop_occurred_at
),

-- A customer's credits in the order of issue, each with the start and end of
-- its range in the running total. Credit of guests and unmatched returns cannot
-- be followed.
issued as (
    select
        orders.sm_customer_key,
        issued_entries.currency_code,
        issued_entries.return_id,
        issued_entries.loop_occurred_at as issued_at,
        sum(-issued_entries.amount) over (
            partition by
                orders.sm_customer_key, issued_entries.currency_code
            order by
                issued_entries.loop_occurred_at, issued_entries.return_id
        ) as issued_to,
        -issued_entries.amount as issued_amount
    from issued_entries
    inner join orders
        on issued_entries.sm_order_key = orders.sm_order_key
),

-- What a return's refund paid back has entries: it is issued again. What other
-- refunds paid back was not spent.
refunds as (
    select
        {{ sm_key('store_id', 'order_id') }} as sm_order_key,
        amount
    from payments
    where payment_kind = 'refund'
    union all
    select
        sm_order_key,
        amount
    from entries
    where entry_type <> 'store_credit_issued'
    union all
    select
        sm_order_key,
        -credit_in_refund_amount as amount
    from returns
),

paid_back as (
    select
        sm_order_key,
        greatest(sum(amount), 0) as amount
    from refunds
    group by sm_order_key
),

paid as (
    select
        orders.*,
        payments.payment_id,
        payments.created_at as spent_at,
        payments.amount,
        sum(payments.amount) over (
            partition by orders.sm_order_key
        ) - coalesce(paid_back.amount, 0) as kept_amount,
        sum(payments.amount) over (
            partition by orders.sm_order_key
            order by payments.created_at, payments.payment_id
        ) - payments.amount as paid_before
    from payments
    inner join orders
        on
            payments.store_id = orders.store_id
            and payments.order_id = orders.order_id
    left join paid_back
        on orders.sm_order_key = paid_back.sm_order_key
    where payments.payment_kind in ('sale', 'capture')
),

-- Payments after the customer's first credit, with the credit issued until
-- then.
spent as (
    select
        paid.sm_customer_key,
        paid.currency_code,
        paid.store_id,
        paid.payment_id,
        paid.spent_at,
        max(issued.issued_to) as available_amount,
        min(least(paid.amount, paid.kept_amount - paid.paid_before))
            as spent_amount
    from paid
    inner join issued
        on
            paid.sm_customer_key = issued.sm_customer_key
            and paid.currency_code = issued.currency_code
            and paid.spent_at > issued.issued_at
    where paid.kept_amount > paid.paid_before
    group by
        paid.sm_customer_key,
        paid.currency_code,
        paid.store_id,
        paid.payment_id,
        paid.spent_at
),

running as (
    select
        *,
        sum(spent_amount) over (
            partition by sm_customer_key, currency_code
            order by spent_at, payment_id
        ) as spent_to
    from spent
),

-- What exceeds the credit of its time was paid by a card that was sold, and
-- uses up no later credit.
covered as (
    select
        *,
        spent_to - greatest(
            max(spent_to - available_amount) over (
                partition by sm_customer_key, currency_code
                order by spent_at, payment_id
            ), 0
        ) as redeemed_to
    from running
),

ranges as (
    select
        *,
        coalesce(lag(redeemed_to) over (
            partition by sm_customer_key, currency_code
            order by spent_at, payment_id
        ), 0) as redeemed_from
    from covered
),

-- The oldest credit is spent first.
redeemed as (
    select
        ranges.store_id,
        ranges.payment_id,
        issued.return_id,
        {{ sum_of_money(
            'least(ranges.redeemed_to, issued.issued_to) - greatest('
            ~ 'ranges.redeemed_from, issued.issued_to - issued.issued_amount)'
        ) }} as redeemed_amount
    from ranges
    inner join issued
        on
            ranges.sm_customer_key = issued.sm_customer_key
            and ranges.currency_code = issued.currency_code
            and ranges.redeemed_to > issued.issued_to - issued.issued_amount
            and ranges.redeemed_from < issued.issued_to
    where ranges.redeemed_from < ranges.redeemed_to
    group by ranges.store_id, ranges.payment_id, issued.return_id
),

final as (
    select
        redeemed.store_id,
        redeemed.return_id,
        redeemed.payment_id,
        paid.sm_order_key,
        paid.order_id,
        paid.order_name,
        paid.currency_code,
        redeemed.redeemed_amount,
        paid.spent_at as redeemed_at,
        {{ built_at() }} as built_at
    from redeemed
    inner join paid
        on
            redeemed.store_id = paid.store_id
            and redeemed.payment_id = paid.payment_id
)

select *
from final
