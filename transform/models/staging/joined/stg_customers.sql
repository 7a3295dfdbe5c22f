{{ adapter_rows(var('shopify_source'), 'customers', {
    'store_id': dbt.type_string(),
    'customer_id': dbt.type_string(),
    'customer_email_hash': dbt.type_string(),
    'customer_tags': dbt.type_string(),
    'lifetime_order_count': dbt.type_bigint(),
    'created_at': dbt.type_timestamp()
}) }}
