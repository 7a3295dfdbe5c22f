{{ config(enabled=var('sourcemedium_views')) }}

with customers as (
    select *
    from {{ ref('loop_returns', 'dim_customers') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_sourcemedium_orders') }}
    where sm_customer_key is not null
),

ends as (
    select
        sm_customer_key,
        max(case when order_index = 1 then order_id end)
            as customer_first_order_id,
        max(case when order_index_reversed = 1 then order_id end)
            as customer_last_order_id,
        max(case when order_index_reversed = 1 then customer_email_hash end)
            as customer_email_hashed
    from orders
    group by sm_customer_key
),

final as (
    select
        -- ids
        customers.sm_customer_key,
        customers.sm_store_id,
        customers.source_system,
        customers.customer_id,
        ends.customer_email_hashed,
        ends.customer_first_order_id,
        ends.customer_last_order_id,
        -- not filled
        {{ null_columns([
            'customer_address_city', 'customer_address_country',
            'customer_address_province', 'customer_address_zip_code',
            'customer_email', 'customer_first_name', 'customer_last_name',
            'customer_phone_number', 'customer_street_address',
            'customer_tags_csv', 'subscriber_id', 'subscriber_status',
            'subscription_source_system'
        ], dbt.type_string()) }},
        {{ null_columns([
            'has_customer_consented_to_marketing', 'is_customer_email_verified'
        ], dbt.type_boolean()) }},
        {{ null_columns([
            'customer_created_at', 'customer_updated_at',
            'subscriber_created_at'
        ], dbt.type_timestamp()) }}
    from customers
    left join ends
        on customers.sm_customer_key = ends.sm_customer_key
)

select *
from final
