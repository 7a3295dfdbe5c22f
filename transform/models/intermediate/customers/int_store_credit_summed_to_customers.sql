with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where is_counted_return and gift_card_amount > 0
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
),

payments as (
    select *
    from {{ ref('loop_returns', 'int_order_payments_summed_to_orders') }}
    where credit_amount <> 0
),

-- Credit of guests and unmatched returns cannot be followed.
issued as (
    select
        sm_customer_key,
        currency_code,
        count(*) as return_count,
        {{ sum_of_money('gift_card_amount') }} as issued_amount,
        min(return_created_at) as first_issued_at
    from returns
    group by sm_customer_key, currency_code
),

spent as (
    select
        issued.sm_customer_key,
        issued.currency_code,
        {{ sum_of_money('payments.credit_amount') }} as spent_amount
    from issued
    inner join orders
        on
            issued.sm_customer_key = orders.sm_customer_key
            and issued.currency_code = orders.currency_code
    inner join payments
        on orders.sm_order_key = payments.sm_order_key
    where orders.order_processed_at > issued.first_issued_at
    group by issued.sm_customer_key, issued.currency_code
),

final as (
    select
        issued.sm_customer_key,
        issued.currency_code,
        issued.return_count,
        issued.issued_amount,
        case
            when issued.sm_customer_key is not null then least(
                issued.issued_amount, coalesce(spent.spent_amount, 0)
            )
        end as redeemed_amount
    from issued
    left join spent
        on
            issued.sm_customer_key = spent.sm_customer_key
            and issued.currency_code = spent.currency_code
)

select *
from final
