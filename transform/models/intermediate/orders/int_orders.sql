{{ incremental_by('order_id') }}

with orders as (
    select
        *,
        {{ sm_key('store_id', 'order_id') }} as sm_order_key,
        coalesce(processed_at, created_at) as ordered_at
    from {{ ref('loop_returns', 'stg_orders') }}
    where {{ is_affected('order_id') }}
),

roles as (
    select *
    from {{ ref('loop_returns', 'int_order_roles') }}
    where {{ is_affected('order_id') }}
),

line_totals as (
    select *
    from {{ ref('loop_returns', 'int_order_lines_summed_to_orders') }}
    where {{ is_affected('order_id') }}
),

payments as (
    select *
    from {{ ref('loop_returns', 'int_order_payments_summed_to_orders') }}
    where {{ is_affected('order_id') }}
),

subscriptions as (
    select *
    from {{ ref('loop_returns', 'int_subscription_orders_summed_to_orders') }}
    where {{ is_affected('sm_order_key') }}
),

data_through as (
    select *
    from {{ ref('loop_returns', 'int_data_through') }}
),

dated as (
    select
        orders.*,
        {{ local_date('orders.ordered_at') }} as order_date,
        case
            when orders.source_name in ('pos') then 'retail'
            when orders.source_name in ('wholesale') then 'wholesale'
            when
                orders.source_name in ('amazon', 'tiktok', 'ebay', 'walmart')
                then 'marketplace'
            else 'online_dtc'
        end as sales_channel,
        coalesce(nullif(trim(orders.utm_source), ''), '(none)')
        || ' / '
        || coalesce(nullif(trim(orders.utm_medium), ''), '(none)')
            as utm_source_medium,
        {{ regexp_part(
            'lower(orders.referrer_url)',
            '^https?://(?:www[.])?([^/:?#]+)'
        ) }} as referrer_host
    from orders
),

joined as (
    select
        dated.*,
        -- Without a UTM source and medium, the referrer of the visit gives the
        -- channel.
        case
            when dated.utm_source_medium = '(none) / (none)'
                then coalesce(
                    {{ referrer_channel('dated.referrer_host') }},
                    dated.utm_source_medium
                )
            else dated.utm_source_medium
        end as order_channel,
        roles.order_role,
        roles.root_sm_order_key,
        roles.exchange_depth,
        roles.is_lineage_unlinked,
        coalesce(line_totals.sold_units, 0) as sold_units,
        coalesce(line_totals.gross_amount, 0) as gross_amount,
        coalesce(line_totals.net_amount, 0) as net_amount,
        payments.new_money_amount,
        coalesce(subscriptions.is_recurring_subscription_order, false)
            as is_recurring_subscription_order,
        data_through.data_through_date,
        data_through.loop_period_start_date
    from dated
    inner join roles
        on dated.sm_order_key = roles.sm_order_key
    left join line_totals
        on dated.sm_order_key = line_totals.sm_order_key
    left join payments
        on dated.sm_order_key = payments.sm_order_key
    left join subscriptions
        on dated.sm_order_key = subscriptions.sm_order_key
    cross join data_through
),

flagged as (
    select
        *,
        order_role = 'customer' and gross_amount > 0 as is_customer_order,
        -- SourceMedium's rule, for comparison only: it leaves out refunded
        -- orders.
        order_role in ('customer', 'gift_card_issue', 'replacement')
        and cancelled_at is null
        and coalesce(financial_status, '')
        not in ('voided', 'refunded', 'expired')
            as is_order_sm_valid
    from joined
),

final as (
    select
        sm_order_key,
        store_id as sm_store_id,
        'shopify' as source_system,
        {{ sm_key('store_id', 'customer_id') }} as sm_customer_key,
        order_id,
        order_name,
        customer_id,
        customer_email_hash,
        order_role,
        root_sm_order_key,
        cast(exchange_depth as {{ dbt.type_bigint() }}) as exchange_depth,
        is_lineage_unlinked,
        financial_status,
        fulfillment_status,
        order_tags,
        upper(nullif(replace(trim(discount_codes, ','), ',', ', '), ''))
            as discount_codes,
        currency_code,
        presentment_currency_code,
        sales_channel,
        source_name as sales_sub_channel,
        utm_source_medium,
        nullif(trim(utm_campaign), '') as utm_campaign,
        order_channel,
        cast(sold_units as {{ dbt.type_bigint() }}) as sold_units,
        cast(gross_amount as {{ type_money() }}) as order_gross_revenue,
        cast(net_amount as {{ type_money() }})
            as order_net_revenue_before_refunds,
        discount_amount as order_discount_amount,
        tax_amount as order_tax_amount,
        shipping_amount as order_shipping_amount,
        total_amount as order_total_amount,
        cast(new_money_amount as {{ type_money() }}) as new_money_amount,
        is_recurring_subscription_order,
        is_customer_order,
        is_order_sm_valid,
        is_order_sm_valid
        and order_role = 'customer'
        and gross_amount > 0 as is_customer_order_sm,
        case
            when not is_customer_order then 'not_customer_order'
            when order_date < loop_period_start_date then 'before_loop'
            when
                sales_channel in
                {{ text_list(var_or_empty('sales_channels_without_loop')) }}
                then 'channel_without_loop'
        end as loop_exclusion_reason,
        order_date,
        cast({{ dbt.date_trunc('month', 'order_date') }} as date)
            as order_month_date,
        created_at as order_created_at,
        ordered_at as order_processed_at,
        delivered_at as order_delivered_at,
        {{ built_at() }} as built_at
    from flagged
)

select *
from final
