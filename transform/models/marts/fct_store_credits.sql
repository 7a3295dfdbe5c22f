with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where is_counted_return and gift_card_amount > 0
),

customers as (
    select *
    from {{ ref('loop_returns', 'int_store_credit_summed_to_customers') }}
    where sm_customer_key is not null
),

-- A customer spends the oldest credit first.
numbered as (
    select
        *,
        sum(gift_card_amount) over (
            partition by
                sm_customer_key,
                case when sm_customer_key is null then return_id end,
                currency_code
            order by return_created_at, return_id
            rows between unbounded preceding and current row
        ) - gift_card_amount as issued_before
    from returns
),

redeemed as (
    select
        numbered.*,
        greatest(
            least(
                numbered.gift_card_amount,
                customers.redeemed_amount - numbered.issued_before
            ),
            0
        ) as redeemed_amount,
        customers.sm_customer_key is not null as is_followed
    from numbered
    left join customers
        on
            numbered.sm_customer_key = customers.sm_customer_key
            and numbered.currency_code = customers.currency_code
),

final as (
    select
        -- ids
        return_id as loop_return_id,
        store_id as sm_store_id,
        sm_order_key,
        sm_customer_key,
        gift_card_order_id,
        -- text
        currency_code,
        -- numerics
        cast(gift_card_amount as {{ type_money() }}) as issued_amount,
        cast(
            case when is_followed then redeemed_amount end
            as {{ type_money() }}
        ) as redeemed_amount,
        cast(
            case when is_followed then gift_card_amount - redeemed_amount end
            as {{ type_money() }}
        ) as outstanding_amount,
        -- booleans
        is_followed,
        -- dates
        return_date,
        return_month_date,
        -- timestamps
        gift_card_processed_at
    from redeemed
)

select *
from final
