{{ adapter_rows(var('shopify_source'), 'refunds', {
    'store_id': dbt.type_string(),
    'refund_id': dbt.type_string(),
    'order_id': dbt.type_string(),
    'refund_amount': type_money(),
    'created_at': dbt.type_timestamp()
}) }}
