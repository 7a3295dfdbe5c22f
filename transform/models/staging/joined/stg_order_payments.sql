{{ adapter_rows(var('shopify_source'), 'order_payments', {
    'store_id': dbt.type_string(),
    'payment_id': dbt.type_string(),
    'order_id': dbt.type_string(),
    'payment_kind': dbt.type_string(),
    'payment_status': dbt.type_string(),
    'gateway': dbt.type_string(),
    'amount': type_money(),
    'created_at': dbt.type_timestamp(),
    'built_at': dbt.type_timestamp()
}) }}
