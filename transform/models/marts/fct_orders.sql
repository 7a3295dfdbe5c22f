{{ incremental_by('order_id') }}
{{ config(
    pre_hook="{{ extend_contract() }}",
    post_hook='{{ update_maturity() }}'
) }}

{#- Conditions of the returns that are counted. -#}
{%- set return_counts = {
    'requested_return_count': 'not is_warranty',
    'rate_return_count': 'is_rate_return',
    'realised_return_count': 'is_rate_return and is_realised_return',
    'refund_return_count': 'is_rate_return and has_refund',
    'exchange_return_count': 'is_rate_return and has_exchange',
    'credit_return_count': 'is_rate_return and has_credit',
    'warranty_return_count': 'is_counted_return and is_warranty',
} -%}
{#- Amounts that are summed over the returns of the order's chain. -#}
{%- set chain_amounts = {
    'net_return_cost': 'net_return_cost',
    'net_return_cost_cash': 'net_return_cost_cash',
    'net_return_cost_landed': 'net_return_cost_landed',
    'chain_refund_amount': 'refund_amount',
    'chain_refund_amount_ex_tax': 'refund_amount_ex_tax',
} -%}

with orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where {{ is_affected('order_id') }}
),

-- Not orders: DuckDB keeps all columns of a CTE that is read several times.
order_keys as (
    select
        sm_order_key,
        root_sm_order_key,
        order_role,
        currency_code,
        utm_source_medium,
        utm_campaign,
        order_channel,
        sales_channel
    from {{ ref('loop_returns', 'int_orders') }}
    where {{ is_affected('order_id') }}
),

customers as (
    select *
    from {{ ref('loop_returns', 'int_customers') }}
    where {{ is_affected('customer_id') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
    where {{ is_affected('loop_return_id') }}
),

refunds_outside_loop as (
    select *
    from {{ ref('loop_returns', 'int_refunds_outside_loop_summed_to_orders') }}
    where {{ is_affected('sm_order_key') }}
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

own_returns as (
    select
        {% for name, condition in return_counts.items() -%}
        {{ count_if(condition) }} as {{ name }},
        {% endfor -%}
        sm_order_key
    from returns
    where is_order_matched
    group by sm_order_key
),

-- Amounts are in the currency of the chain's first order; amounts in other
-- currencies are left out.
chain as (
    select
        *,
        root_sm_order_key || ' ' || coalesce(currency_code, '') in (
            select sm_order_key || ' ' || coalesce(currency_code, '')
            from order_keys
        ) as is_in_order_currency
    from returns
    where is_order_matched and is_counted_return
),

chain_returns as (
    select
        root_sm_order_key,
        {% for name, amount in chain_amounts.items() -%}
        sum(case when is_in_order_currency then {{ amount }} end)
            as {{ name }},
        {% endfor -%}
        {{ count_if('is_rate_return') }} as chain_return_count
    from chain
    group by root_sm_order_key
),

-- An exchange order has the channels and the campaign of its first order.
exchange_roots as (
    select
        order_keys.sm_order_key,
        root_orders.utm_source_medium as root_utm_source_medium,
        root_orders.utm_campaign as root_utm_campaign,
        root_orders.order_channel as root_order_channel,
        root_orders.sales_channel as root_sales_channel
    from order_keys
    inner join order_keys as root_orders
        on order_keys.root_sm_order_key = root_orders.sm_order_key
    where order_keys.order_role = 'exchange'
),

joined as (
    select
        orders.*,
        exchange_roots.root_utm_source_medium,
        exchange_roots.root_utm_campaign,
        exchange_roots.root_order_channel,
        exchange_roots.root_sales_channel,
        customers.acquisition_source_medium,
        customers.acquisition_channel,
        customers.first_sm_order_key,
        customers.first_order_date,
        {% for name in return_counts -%}
        coalesce(own_returns.{{ name }}, 0) as {{ name }},
        {% endfor -%}
        coalesce(chain_returns.chain_return_count, 0) as chain_return_count,
        {% for name in chain_amounts -%}
        coalesce(chain_returns.{{ name }}, 0) as {{ name }},
        {% endfor -%}
        refunds_outside_loop.refund_count is not null
            as has_refund_outside_loop,
        coalesce(refunds_outside_loop.refund_count, 0)
            as refund_outside_loop_count,
        case
            when refunds_outside_loop.refund_count is null then 0
            else refunds_outside_loop.refund_amount
        end as refund_outside_loop_amount,
        {{ is_mature('orders.order_date') }} as is_mature
    from orders
    left join exchange_roots
        on orders.sm_order_key = exchange_roots.sm_order_key
    left join customers
        on orders.sm_customer_key = customers.sm_customer_key
    left join own_returns
        on orders.sm_order_key = own_returns.sm_order_key
    left join chain_returns
        on orders.sm_order_key = chain_returns.root_sm_order_key
    left join refunds_outside_loop
        on orders.sm_order_key = refunds_outside_loop.sm_order_key
    cross join maturity
),

{{ pass_through_cte('orders') }}
final as (
    select
        -- ids
        sm_order_key,
        sm_store_id,
        source_system,
        sm_customer_key,
        customer_id,
        root_sm_order_key,
        order_id,
        order_name,
        -- text
        order_role,
        loop_exclusion_reason,
        financial_status,
        fulfillment_status,
        order_tags,
        discount_codes,
        {{ policy_period('order_date') }} as policy_period,
        currency_code,
        coalesce(root_sales_channel, sales_channel) as sales_channel,
        sales_sub_channel,
        coalesce(root_utm_source_medium, utm_source_medium)
            as order_utm_source_medium,
        coalesce(root_utm_campaign, utm_campaign) as order_utm_campaign,
        coalesce(root_order_channel, order_channel) as order_channel,
        case
            when sm_customer_key is null then '(guest)'
            else coalesce(acquisition_source_medium, '(none) / (none)')
        end as customer_acquisition_source_medium,
        case
            when sm_customer_key is null then '(guest)'
            else coalesce(acquisition_channel, '(none) / (none)')
        end as acquisition_channel,
        -- numerics
        exchange_depth,
        sold_units,
        order_gross_revenue,
        order_net_revenue_before_refunds,
        cast(order_discount_amount as {{ type_money() }})
            as order_discount_amount,
        cast(order_tax_amount as {{ type_money() }}) as order_tax_amount,
        cast(order_shipping_amount as {{ type_money() }})
            as order_shipping_amount,
        cast(order_total_amount as {{ type_money() }}) as order_total_amount,
        new_money_amount,
        requested_return_count,
        rate_return_count,
        {% for name in chain_amounts -%}
        cast({{ name }} as {{ type_money() }}) as {{ name }},
        {% endfor -%}
        cast(refund_outside_loop_amount as {{ type_money() }})
            as refund_outside_loop_amount,
        -- booleans
        is_customer_order,
        is_order_sm_valid,
        is_customer_order_sm,
        is_customer_order and loop_exclusion_reason is null
            as is_loop_eligible_order,
        is_customer_order
        and coalesce(loop_exclusion_reason, '') <> 'before_loop'
            as is_cost_cohort_order,
        sm_order_key = first_sm_order_key as is_first_customer_order,
        is_recurring_subscription_order,
        is_lineage_unlinked,
        is_mature,
        requested_return_count > 0 as has_requested_return,
        rate_return_count > 0 as has_return,
        realised_return_count > 0 as has_realised_return,
        refund_return_count > 0 as has_refund_return,
        exchange_return_count > 0 as has_exchange_return,
        credit_return_count > 0 as has_credit_return,
        warranty_return_count > 0 as has_warranty_return,
        chain_return_count > 0 as has_return_in_chain,
        has_refund_outside_loop,
        rate_return_count > 0 or refund_outside_loop_count > 0
            as has_return_from_any_source,
        -- dates
        order_date,
        order_month_date,
        cast({{ dbt.date_trunc('month', 'first_order_date') }} as date)
            as customer_cohort_month_date,
        -- timestamps
        order_created_at,
        order_processed_at,
        order_delivered_at,
        {{ passed_through('orders', 'staged', with_alias=true) }}
        -- build
        {{ built_at() }} as built_at
    from joined
    {{ pass_through_join('orders', 'joined') }}
)

select *
from final
