{{ incremental_by('sm_customer_key') }}

with orders as (
    select *
    from {{ ref('loop_returns', 'fct_orders') }}
    where
        sm_customer_key is not null
        and {{ is_affected('order_id') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
    where
        sm_customer_key is not null
        and is_counted_return
        and {{ is_affected('loop_return_id') }}
),

first_orders as (
    select *
    from {{ ref('loop_returns', 'int_customers') }}
    where {{ is_affected('customer_id') }}
),

store_credit as (
    select
        sm_customer_key,
        currency_code,
        sum(issued_amount) as issued_amount,
        sum(redeemed_amount) as redeemed_amount
    from {{ ref('loop_returns', 'fct_store_credits') }}
    where
        sm_customer_key is not null
        and {{ is_affected('sm_customer_key') }}
    group by sm_customer_key, currency_code
),

order_totals as (
    select
        sm_customer_key,
        sm_store_id,
        max(customer_id) as customer_id,
        {{ count_if('is_customer_order') }} as customer_order_count
    from orders
    group by sm_customer_key, sm_store_id
),

return_totals as (
    select
        sm_customer_key,
        count(*) as return_count,
        sum(returned_unit_count) as returned_unit_count,
        min(return_date) as first_return_date,
        max(return_date) as last_return_date
    from returns
    group by sm_customer_key
),

-- Amounts are in the currency of most of the customer's orders.
order_amounts as (
    select
        sm_customer_key,
        currency_code,
        sum(case when is_customer_order then order_gross_revenue else 0 end)
            as order_gross_revenue,
        sum(case
            when is_customer_order then order_net_revenue_before_refunds
            else 0
        end) as order_net_revenue_before_refunds,
        row_number() over (
            partition by sm_customer_key
            order by
                {{ count_if('is_customer_order') }} desc,
                count(*) desc,
                currency_code asc
        ) as currency_rank
    from orders
    where currency_code is not null
    group by sm_customer_key, currency_code
),

return_amounts as (
    select
        sm_customer_key,
        currency_code,
        sum(net_return_cost) as net_return_cost,
        sum(net_return_cost_ex_tax) as net_return_cost_ex_tax
    from returns
    group by sm_customer_key, currency_code
),

final as (
    select
        order_totals.sm_customer_key,
        order_totals.sm_store_id,
        order_totals.customer_id,
        'shopify' as source_system,
        coalesce(first_orders.acquisition_channel, '(none) / (none)')
            as acquisition_channel,
        order_totals.customer_order_count,
        order_amounts.currency_code,
        cast(order_amounts.order_gross_revenue as {{ type_money() }})
            as order_gross_revenue,
        coalesce(return_totals.return_count, 0) as return_count,
        cast(
            coalesce(return_totals.returned_unit_count, 0)
            as {{ dbt.type_bigint() }}
        ) as returned_unit_count,
        cast(
            coalesce(return_amounts.net_return_cost, 0)
            as {{ type_money() }}
        ) as net_return_cost,
        cast(
            coalesce(return_amounts.net_return_cost_ex_tax, 0)
            as {{ type_money() }}
        ) as net_return_cost_ex_tax,
        -- Revenue and the costs subtracted from it exclude tax.
        cast(
            order_amounts.order_net_revenue_before_refunds
            - coalesce(return_amounts.net_return_cost_ex_tax, 0)
            as {{ type_money() }}
        ) as lifetime_value_after_returns,
        cast(
            coalesce(store_credit.issued_amount, 0)
            as {{ type_money() }}
        ) as store_credit_issued_amount,
        cast(
            coalesce(store_credit.redeemed_amount, 0)
            as {{ type_money() }}
        ) as store_credit_redeemed_amount,
        return_totals.return_count is not null as has_returned,
        first_orders.first_order_date,
        first_orders.last_order_date,
        cast(
            {{ dbt.date_trunc('month', 'first_orders.first_order_date') }}
            as date
        ) as customer_cohort_month_date,
        return_totals.first_return_date,
        return_totals.last_return_date,
        -- build
        {{ built_at() }} as built_at
    from order_totals
    left join first_orders
        on order_totals.sm_customer_key = first_orders.sm_customer_key
    left join return_totals
        on order_totals.sm_customer_key = return_totals.sm_customer_key
    left join order_amounts
        on
            order_totals.sm_customer_key = order_amounts.sm_customer_key
            and order_amounts.currency_rank = 1
    left join return_amounts
        on
            order_amounts.sm_customer_key = return_amounts.sm_customer_key
            and order_amounts.currency_code = return_amounts.currency_code
    left join store_credit
        on
            order_amounts.sm_customer_key = store_credit.sm_customer_key
            and order_amounts.currency_code = store_credit.currency_code
)

select *
from final
