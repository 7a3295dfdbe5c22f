{%- set window = var('repurchase_window_days') | int -%}

with orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where
        sm_customer_key is not null
        and is_customer_order
        and not is_recurring_subscription_order
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where sm_customer_key is not null and is_counted_return
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

first_returns as (
    select
        sm_customer_key,
        min(return_date) as first_return_date
    from returns
    group by sm_customer_key
),

placed as (
    select
        sm_customer_key,
        order_id,
        order_date,
        row_number() over (
            partition by sm_customer_key
            order by order_processed_at, order_id
        ) as order_index,
        lead(order_date) over (
            partition by sm_customer_key
            order by order_processed_at, order_id
        ) as next_order_date,
        cume_dist() over (
            partition by currency_code
            order by order_net_revenue_before_refunds
        ) as value_position
    from orders
),

timed as (
    select
        placed.sm_customer_key,
        placed.order_id,
        placed.order_date,
        least(placed.order_index, 4) as order_index,
        case
            when placed.value_position <= 1.0 / 3 then 'low'
            when placed.value_position <= 2.0 / 3 then 'middle'
            else 'high'
        end as value_band,
        {{ days_between('placed.order_date', 'placed.next_order_date') }}
            as days_to_next_order,
        {{ days_between(
            'placed.order_date', 'first_returns.first_return_date'
        ) }} as days_to_first_return,
        {{ days_between('placed.order_date', 'maturity.data_through_date') }}
            as followed_days
    from placed
    cross join maturity
    left join first_returns
        on placed.sm_customer_key = first_returns.sm_customer_key
),

final as (
    select
        *,
        -- The last day after the order by which the customer had neither bought
        -- again nor returned anything, and whose window is over.
        least(
            followed_days - {{ window }},
            coalesce(days_to_next_order - 1, followed_days),
            coalesce(days_to_first_return - 1, followed_days)
        ) as last_comparable_day,
        -- The first day after the order whose window contains the next order.
        case
            when days_to_next_order is not null
                then greatest(days_to_next_order - {{ window }}, 0)
        end as first_repurchase_day
    from timed
)

select *
from final
