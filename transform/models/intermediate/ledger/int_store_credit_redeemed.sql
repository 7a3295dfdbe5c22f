{{ incremental_by('return_id') }}

-- Store credit that was issued, and refunds that went to a gift card or store
-- credit.
with issued_entries as (
    select
        return_id,
        sm_order_key,
        currency_code,
        loop_occurred_at,
        sum(amount) as amount
    from {{ ref('loop_returns', 'int_ledger_entries') }}
    where
        account_class = 'store_credit'
        and {{ is_affected('return_id') }}
    group by return_id, sm_order_key, currency_code, loop_occurred_at
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
        and payment_kind in ('sale', 'capture')
        and payment_status = 'success'
        and amount > 0
        and {{ is_affected('order_id') }}
),

-- A customer's credits in the order of issue: issued_to is the running total
-- that ends with the credit. Credit of guests and unmatched returns cannot be
-- followed.
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

first_issued as (
    select
        sm_customer_key,
        currency_code,
        min(issued_at) as first_issued_at
    from issued
    group by sm_customer_key, currency_code
),

spent as (
    select
        orders.*,
        payments.payment_id,
        payments.created_at as spent_at,
        sum(payments.amount) over (
            partition by orders.sm_customer_key, orders.currency_code
            order by payments.created_at, payments.payment_id
        ) as spent_to,
        payments.amount as spent_amount
    from payments
    inner join orders
        on
            payments.store_id = orders.store_id
            and payments.order_id = orders.order_id
    inner join first_issued
        on
            orders.sm_customer_key = first_issued.sm_customer_key
            and orders.currency_code = first_issued.currency_code
    where payments.created_at > first_issued.first_issued_at
),

-- The oldest credit is spent first.
met as (
    select
        spent.*,
        issued.return_id,
        least(spent.spent_to, issued.issued_to)
        - greatest(
            spent.spent_to - spent.spent_amount,
            issued.issued_to - issued.issued_amount
        ) as redeemed_amount
    from spent
    inner join issued
        on
            spent.sm_customer_key = issued.sm_customer_key
            and spent.currency_code = issued.currency_code
            and spent.spent_at > issued.issued_at
),

final as (
    select
        store_id,
        return_id,
        payment_id,
        sm_order_key,
        order_id,
        order_name,
        currency_code,
        {{ sum_of_money('redeemed_amount') }} as redeemed_amount,
        spent_at as redeemed_at,
        {{ built_at() }} as built_at
    from met
    where redeemed_amount > 0
    group by
        store_id,
        return_id,
        payment_id,
        sm_order_key,
        order_id,
        order_name,
        currency_code,
        spent_at
)

select *
from final
