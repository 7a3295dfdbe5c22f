{{ config(materialized='table' if target.type == 'bigquery' else 'view') }}

with payments as (
    {{ adapter_rows(var('shopify_source'), 'order_payments', {
        'store_id': dbt.type_string(),
        'payment_id': dbt.type_string(),
        'order_id': dbt.type_string(),
        'refund_id': dbt.type_string(),
        'payment_kind': dbt.type_string(),
        'payment_status': dbt.type_string(),
        'gateway': dbt.type_string(),
        'paid_amount': type_money(),
        'paid_currency_code': dbt.type_string(),
        'shop_amount': type_money(),
        'shop_currency_code': dbt.type_string(),
        'created_at': dbt.type_timestamp(),
        'built_at': dbt.type_timestamp()
    }) | indent }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
),

final as (
    select
        payments.store_id,
        payments.payment_id,
        payments.order_id,
        payments.refund_id,
        payments.payment_kind,
        payments.payment_status,
        payments.gateway,
        {{ in_shop_currency(
            paid_amount='payments.paid_amount',
            paid_currency_code='payments.paid_currency_code',
            shop_amount='payments.shop_amount',
            shop_currency_code='payments.shop_currency_code',
            order_currency_code='orders.currency_code',
            order_total='orders.total_amount',
            order_presentment_currency_code='orders.presentment_currency_code',
            order_presentment_total='orders.presentment_total_amount'
        ) }} as amount,
        payments.created_at,
        payments.built_at
    from payments
    left join orders
        on
            payments.store_id = orders.store_id
            and payments.order_id = orders.order_id
)

select *
from final
