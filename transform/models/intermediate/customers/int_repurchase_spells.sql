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
        order_net_revenue_before_refunds,
        coalesce(currency_code, '(none)') as value_currency_code
    from orders
),

-- Orders of the same value are counted together, because ranking every order
-- would sort them all.
values_ranked as (
    select
        value_currency_code,
        order_net_revenue_before_refunds,
        sum(count(*)) over (
            partition by value_currency_code
            order by order_net_revenue_before_refunds
            rows between unbounded preceding and current row
        ) as orders_up_to,
        sum(count(*)) over (partition by value_currency_code) as all_orders
    from placed
    group by value_currency_code, order_net_revenue_before_refunds
),

-- The highest values of the lowest third and of the lowest two thirds.
value_limits as (
    select
        value_currency_code,
        max(case
            when orders_up_to * 3 <= all_orders
                then order_net_revenue_before_refunds
        end) as low_limit,
        max(case
            when orders_up_to * 3 <= all_orders * 2
                then order_net_revenue_before_refunds
        end) as middle_limit
    from values_ranked
    group by value_currency_code
),

timed as (
    select
        placed.sm_customer_key,
        placed.order_id,
        placed.order_date,
        least(placed.order_index, 4) as order_index,
        case
            when
                placed.order_net_revenue_before_refunds
                <= value_limits.low_limit
                then 'low'
            when
                placed.order_net_revenue_before_refunds
                <= value_limits.middle_limit
                then 'middle'
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
    inner join value_limits
        on placed.value_currency_code = value_limits.value_currency_code
    left join first_returns
        on placed.sm_customer_key = first_returns.sm_customer_key
),

final as (
    select
        sm_customer_key,
        order_id,
        order_date,
        order_index,
        value_band,
        days_to_next_order,
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
