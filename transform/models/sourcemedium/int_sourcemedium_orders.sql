{{ config(enabled=var('sourcemedium_views'), access='protected') }}

with orders as (
    select *
    from {{ ref('loop_returns', 'fct_orders') }}
),

shopify_orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
),

refunds as (
    select *
    from {{ ref('loop_returns', 'stg_refunds') }}
),

refund_lines as (
    select *
    from {{ ref('loop_returns', 'stg_refund_lines') }}
),

subscription_orders as (
    select distinct {{ sm_key('store_id', 'order_id') }} as sm_order_key
    from {{ ref('loop_returns', 'stg_subscription_orders') }}
    where order_id is not null
),

-- A refund with nothing but lines of restock type cancel is an edit: the goods
-- were never sent.
refunds_with_lines as (
    select
        refunds.store_id,
        refunds.order_id,
        refunds.refund_id,
        {{ local_date('refunds.created_at') }} as refund_date,
        count(refund_lines.refund_line_id) as line_count,
        {{ count_if("refund_lines.restock_type = 'cancel'") }} as edit_count
    from refunds
    left join refund_lines
        on
            refunds.store_id = refund_lines.store_id
            and refunds.refund_id = refund_lines.refund_id
    group by
        refunds.store_id,
        refunds.order_id,
        refunds.refund_id,
        refunds.created_at
),

refund_dates as (
    select
        {{ sm_key('store_id', 'order_id') }} as sm_order_key,
        min(refund_date) as earliest_order_refund_date,
        max(refund_date) as latest_order_refund_date
    from refunds_with_lines
    where line_count = 0 or edit_count < line_count
    group by store_id, order_id
),

joined as (
    select
        orders.*,
        shopify_orders.customer_email_hash,
        shopify_orders.landing_page_url,
        shopify_orders.referrer_url,
        nullif(trim(shopify_orders.utm_source), '') as sm_utm_source,
        nullif(trim(shopify_orders.utm_medium), '') as sm_utm_medium,
        nullif(trim(shopify_orders.utm_campaign), '') as sm_utm_campaign,
        shopify_orders.is_tax_included,
        shopify_orders.cancelled_at as order_cancelled_at,
        shopify_orders.updated_at as order_updated_at,
        refund_dates.earliest_order_refund_date,
        refund_dates.latest_order_refund_date,
        subscription_orders.sm_order_key is not null as is_subscription_order
    from orders
    inner join shopify_orders
        on
            orders.sm_store_id = shopify_orders.store_id
            and orders.order_id = shopify_orders.order_id
    left join refund_dates
        on orders.sm_order_key = refund_dates.sm_order_key
    left join subscription_orders
        on orders.sm_order_key = subscription_orders.sm_order_key
),

numbered as (
    select
        *,
        row_number() over (
            partition by sm_customer_key
            order by order_processed_at, order_id
        ) as position,
        row_number() over (
            partition by sm_customer_key
            order by order_processed_at desc, order_id desc
        ) as position_reversed,
        lag(order_date) over (
            partition by sm_customer_key
            order by order_processed_at, order_id
        ) as last_order_date,
        row_number() over (
            partition by sm_customer_key, is_order_sm_valid
            order by order_processed_at, order_id
        ) as valid_position,
        row_number() over (
            partition by sm_customer_key, is_order_sm_valid
            order by order_processed_at desc, order_id desc
        ) as valid_position_reversed,
        lag(order_date) over (
            partition by sm_customer_key, is_order_sm_valid
            order by order_processed_at, order_id
        ) as last_valid_order_date,
        row_number() over (
            partition by sm_customer_key, is_subscription_order
            order by order_processed_at, order_id
        ) as subscription_position
    from joined
),

-- Guests have no customer, so their orders have no position.
final as (
    select
        *,
        case
            when order_role = 'exchange' then 'exchanged'
            when order_role = 'excluded_by_config' then 'excluded'
            when order_role = 'draft_unpaid' then 'draft_orders'
            when sales_channel <> 'marketplace' then sales_channel
            when sales_sub_channel = 'tiktok' then 'tiktok_shop'
            else sales_sub_channel
        end as sm_channel,
        nullif(replace(trim(order_tags, ','), ',', ', '), '')
            as order_tags_csv,
        coalesce(sm_utm_source, '(none)')
        || ' / '
        || coalesce(sm_utm_medium, '(none)') as sm_utm_source_medium,
        case when sm_customer_key is not null then position end
            as order_index,
        case when sm_customer_key is not null then position_reversed end
            as order_index_reversed,
        case
            when sm_customer_key is null then null
            when position = 1 then '1st_order'
            else 'repeat_order'
        end as order_sequence,
        case
            when sm_customer_key is not null
                then {{ days_between('last_order_date', 'order_date') }}
        end as order_latency_days,
        case
            when sm_customer_key is not null and is_order_sm_valid
                then valid_position
        end as sm_valid_order_index,
        case
            when sm_customer_key is not null and is_order_sm_valid
                then valid_position_reversed
        end as sm_valid_order_index_reversed,
        case
            when sm_customer_key is null or not is_order_sm_valid then null
            when valid_position = 1 then '1st_order'
            else 'repeat_order'
        end as sm_valid_order_sequence,
        case
            when sm_customer_key is not null and is_order_sm_valid
                then {{ days_between('last_valid_order_date', 'order_date') }}
        end as sm_valid_order_latency_days,
        case
            when is_subscription_order then 'subscription'
            else 'one_time'
        end as sm_order_type,
        case
            when sm_customer_key is not null and is_subscription_order
                then subscription_position
        end as subscription_order_index,
        case
            when not is_subscription_order then 'one_time_order'
            when is_recurring_subscription_order then 'recurring_sub_order'
            else '1st_sub_order'
        end as subscription_order_sequence,
        {{ days_between('order_date', 'earliest_order_refund_date') }}
            as days_to_earliest_refund,
        {{ days_between('order_date', 'latest_order_refund_date') }}
            as days_to_latest_refund,
        {{ local_datetime('order_processed_at') }}
            as order_processed_at_local_datetime,
        {{ local_datetime('order_created_at') }}
            as order_created_at_local_datetime
    from numbered
)

select *
from final
