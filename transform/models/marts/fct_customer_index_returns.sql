{%- set window = var('repurchase_window_days') -%}

with customers as (
    select *
    from {{ ref('loop_returns', 'int_customers_with_index_date') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where sm_customer_key is not null
),

currencies as (
    select *
    from {{ ref('loop_returns', 'dim_currencies') }}
    where is_main_currency
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where
        sm_customer_key is not null
        and is_counted_return
        and is_gift_return is not true
),

later_orders as (
    select
        customers.sm_customer_key,
        orders.is_customer_order,
        orders.is_recurring_subscription_order,
        orders.new_money_amount,
        case
            when orders.currency_code = currencies.currency_code
                then orders.order_net_revenue_before_refunds
            else 0
        end as order_net_revenue_before_refunds,
        {{ days_between('customers.anchor_date', 'orders.order_date') }}
            as days_after,
        orders.is_customer_order
        and not orders.is_recurring_subscription_order as is_qualifying
    from customers
    inner join orders
        on customers.sm_customer_key = orders.sm_customer_key
    left join currencies
        on orders.currency_code = currencies.currency_code
    where
        orders.order_processed_at > customers.anchor_at
        -- When clocks go back, anchor_at can be on the day before anchor_date.
        and orders.order_date >= customers.anchor_date
        and orders.order_date <= customers.data_through_date
),

order_totals as (
    select
        sm_customer_key,
        min(days_after) as days_to_any_order_of_any_role,
        min(case when is_customer_order then days_after end)
            as days_to_any_order,
        min(case when is_qualifying then days_after end)
            as days_to_repurchase,
        min(case
            when is_qualifying and new_money_amount > 0
                then days_after
        end) as days_to_new_money,
        sum(case
            when is_customer_order and days_after <= 90
                then order_net_revenue_before_refunds
            else 0
        end)
            as net_revenue_90d,
        sum(case
            when is_customer_order and days_after <= 180
                then order_net_revenue_before_refunds
            else 0
        end)
            as net_revenue_180d,
        sum(case
            when is_customer_order and days_after <= 365
                then order_net_revenue_before_refunds
            else 0
        end)
            as net_revenue_365d
    from later_orders
    group by sm_customer_key
),

second_returns as (
    select
        customers.sm_customer_key,
        min({{ days_between('customers.anchor_date', 'returns.return_date') }})
            as days_to_second_return
    from customers
    inner join returns
        on customers.sm_customer_key = returns.sm_customer_key
    where
        customers.index_return_id is not null
        and returns.return_id <> customers.index_return_id
        and returns.return_created_at >= customers.anchor_at
    group by customers.sm_customer_key
),

final as (
    select
        customers.sm_customer_key,
        customers.index_return_id,
        customers.index_class as outcome_group,
        customers.anchor_at,
        customers.anchor_date,
        customers.followed_days,
        customers.followed_days >= {{ window }} as is_window_observed,
        order_totals.days_to_repurchase,
        order_totals.days_to_any_order,
        order_totals.days_to_new_money,
        order_totals.days_to_any_order_of_any_role,
        coalesce(order_totals.days_to_repurchase <= {{ window }}, false)
            as has_repurchased,
        coalesce(order_totals.days_to_any_order <= {{ window }}, false)
            as has_any_order,
        coalesce(order_totals.days_to_new_money <= {{ window }}, false)
            as has_new_money,
        coalesce(
            order_totals.days_to_any_order_of_any_role <= {{ window }}, false
        ) as has_order_of_any_role,
        coalesce(second_returns.days_to_second_return <= {{ window }}, false)
            as has_second_return,
        -- Days to the repurchase, or else to the end of the window or the data.
        least(
            coalesce(order_totals.days_to_repurchase, {{ window }}),
            customers.followed_days,
            {{ window }}
        ) as observed_days,
        currencies.currency_code,
        case when customers.followed_days >= 90 then cast(
            coalesce(order_totals.net_revenue_90d, 0)
            as {{ type_money() }}
        ) end as net_revenue_90d,
        case when customers.followed_days >= 180 then cast(
            coalesce(order_totals.net_revenue_180d, 0)
            as {{ type_money() }}
        ) end as net_revenue_180d,
        case when customers.followed_days >= 365 then cast(
            coalesce(order_totals.net_revenue_365d, 0)
            as {{ type_money() }}
        ) end as net_revenue_365d
    from customers
    left join order_totals
        on customers.sm_customer_key = order_totals.sm_customer_key
    left join second_returns
        on customers.sm_customer_key = second_returns.sm_customer_key
    left join currencies
        on currencies.is_main_currency
)

select *
from final
