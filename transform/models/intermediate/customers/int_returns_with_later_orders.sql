{{ config(materialized='view') }}

{%- set window = var('repurchase_window_days') -%}

with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where
        sm_customer_key is not null
        and is_counted_return
        and is_gift_return is not true
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where
        sm_customer_key is not null
        and is_customer_order
        and not is_recurring_subscription_order
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

repurchases as (
    select
        returns.return_id,
        min({{ days_between('returns.return_date', 'orders.order_date') }})
            as days_to_repurchase
    from returns
    inner join orders
        on returns.sm_customer_key = orders.sm_customer_key
    cross join maturity
    where
        orders.order_processed_at > returns.return_created_at
        and orders.order_date <= maturity.data_through_date
    group by returns.return_id
),

final as (
    select
        returns.return_id,
        returns.sm_customer_key,
        returns.outcome_group,
        returns.return_created_at,
        returns.return_month_date,
        {{ days_between('returns.return_date', 'maturity.data_through_date') }}
        >= {{ window }} as is_window_observed,
        coalesce(repurchases.days_to_repurchase <= {{ window }}, false)
            as has_repurchased
    from returns
    cross join maturity
    left join repurchases
        on returns.return_id = repurchases.return_id
    where
        {{ days_between('returns.return_date', 'maturity.data_through_date') }}
        >= 0
)

select *
from final
