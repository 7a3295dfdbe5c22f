with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where is_counted_return and gift_card_amount > 0
),

booked as (
    select *
    from {{ ref('loop_returns', 'int_returns_booked') }}
    where credited_at is not null
),

redeemed as (
    select
        return_id,
        sum(redeemed_amount) as redeemed_amount
    from {{ ref('loop_returns', 'int_store_credit_redeemed') }}
    group by return_id
),

-- The spending of guests and unmatched returns is not known. A refund to a gift
-- card is also redeemed, but is no credit that Loop issued.
followed as (
    select
        returns.*,
        returns.sm_customer_key is not null as is_followed,
        case
            when returns.sm_customer_key is not null
                then least(
                    returns.gift_card_amount,
                    coalesce(redeemed.redeemed_amount, 0)
                )
        end as redeemed_amount
    from returns
    inner join booked
        on returns.return_id = booked.return_id
    left join redeemed
        on returns.return_id = redeemed.return_id
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
        cast(redeemed_amount as {{ type_money() }}) as redeemed_amount,
        cast(gift_card_amount - redeemed_amount as {{ type_money() }})
            as outstanding_amount,
        -- booleans
        is_followed,
        -- dates
        return_date,
        return_month_date,
        -- timestamps
        gift_card_processed_at
    from followed
)

select *
from final
