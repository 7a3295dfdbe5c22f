with store_credits as (
    select *
    from {{ ref('loop_returns', 'fct_store_credits') }}
),

data_through as (
    select *
    from {{ ref('loop_returns', 'int_data_through') }}
),

summed as (
    select
        currency_code,
        count(*) as credit_return_count,
        count(distinct sm_customer_key) as customer_count,
        sum(issued_amount) as issued_amount,
        sum(case when is_followed then issued_amount end)
            as followed_issued_amount,
        sum(redeemed_amount) as redeemed_amount
    from store_credits
    group by currency_code
),

final as (
    select
        'store_credit_redeemed_share' as metric_name,
        currency_code,
        cast(credit_return_count as {{ dbt.type_bigint() }})
            as credit_return_count,
        -- Without orders, no customer is known.
        case
            when data_through.orders_through_at is not null
                then summed.customer_count
        end as customer_count,
        cast(issued_amount as {{ type_money() }}) as issued_amount,
        cast(followed_issued_amount as {{ type_money() }})
            as followed_issued_amount,
        cast(redeemed_amount as {{ type_money() }}) as redeemed_amount,
        cast(followed_issued_amount - redeemed_amount as {{ type_money() }})
            as outstanding_amount,
        {{ ratio('redeemed_amount', 'followed_issued_amount') }}
            as store_credit_redeemed_share
    from summed
    cross join data_through
)

select *
from final
