{{ incremental_by('sm_order_key') }}

{%- set amounts = [
    'refund_amount', 'gift_card_amount', 'exchange_total', 'upsell_amount',
    'net_return_cost',
] -%}

with returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
    where
        (sm_order_key is not null or shopify_order_id is not null)
        and {{ is_affected('loop_return_id') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'fct_orders') }}
    where {{ is_affected('order_id') }}
),

keyed as (
    select
        *,
        coalesce(
            sm_order_key,
            {{ sm_key('sm_store_id', 'shopify_order_id') }}
        ) as order_key
    from returns
),

summed as (
    select
        order_key,
        max(sm_store_id) as sm_store_id,
        max(sm_customer_key) as sm_customer_key,
        max(shopify_order_id) as shopify_order_id,
        max(order_name) as order_name,
        max(order_created_at) as order_created_at,
        max(currency_code) as currency_code,
        count(*) as return_count,
        {{ count_if('is_counted_return') }} as counted_return_count,
        {{ count_if('is_rate_return') }} as rate_return_count,
        {{ count_if('is_counted_return and has_refund') }}
            as refund_return_count,
        {{ count_if('is_counted_return and has_exchange') }}
            as exchange_return_count,
        min(case when is_counted_return then return_created_at end)
            as first_return_created_at,
        max(case when is_counted_return then return_created_at end)
            as last_return_created_at,
        min(case when is_counted_return then days_to_return end)
            as days_to_first_return,
        {% for amount in amounts -%}
        {{ sum_of_money(
            'case when is_counted_return then ' ~ amount ~ ' else 0 end'
        ) }} as {{ amount }},
        {% endfor -%}
        sum(case when is_counted_return then returned_unit_count else 0 end)
            as returned_unit_count
    from keyed
    group by order_key
),

final as (
    select
        summed.sm_store_id,
        summed.order_key as sm_order_key,
        summed.sm_customer_key,
        'shopify' as source_system,
        coalesce(orders.order_id, summed.shopify_order_id)
            as shopify_order_id,
        coalesce(orders.order_name, summed.order_name) as order_name,
        coalesce(orders.order_created_at, summed.order_created_at)
            as order_created_at,
        orders.sm_order_key is not null as is_obt_order_matched,
        coalesce(orders.is_customer_order, false) as is_customer_order,
        summed.refund_return_count > 0 as has_refund_request,
        summed.exchange_return_count > 0 as has_exchange_request,
        coalesce(orders.is_customer_order, false)
        and summed.refund_return_count > 0 as is_return_order,
        coalesce(orders.is_customer_order, false)
        and summed.exchange_return_count > 0 as is_exchange_order,
        coalesce(orders.is_customer_order, false)
        and summed.rate_return_count > 0 as is_any_return_order,
        coalesce(orders.is_customer_order_sm, false)
            as is_customer_order_sm,
        coalesce(orders.is_loop_eligible_order, false)
            as is_loop_eligible_order,
        orders.order_role,
        orders.order_utm_source_medium,
        orders.customer_acquisition_source_medium,
        orders.order_date,
        cast(summed.return_count as {{ dbt.type_bigint() }})
            as return_count,
        cast(summed.counted_return_count as {{ dbt.type_bigint() }})
            as counted_return_count,
        summed.first_return_created_at,
        summed.last_return_created_at,
        cast(summed.days_to_first_return as {{ dbt.type_bigint() }})
            as days_to_first_return,
        cast(orders.sold_units as {{ dbt.type_bigint() }}) as sold_units,
        cast(summed.returned_unit_count as {{ dbt.type_bigint() }})
            as returned_unit_count,
        coalesce(orders.currency_code, summed.currency_code)
            as currency_code,
        orders.order_gross_revenue,
        orders.order_net_revenue_before_refunds,
        {% for amount in amounts -%}
        summed.{{ amount }},
        {% endfor -%}
        {{ built_at() }} as built_at
    from summed
    left join orders
        on summed.order_key = orders.sm_order_key
)

select *
from final
