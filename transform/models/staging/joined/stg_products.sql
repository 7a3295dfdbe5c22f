{{ adapter_rows(var('shopify_source'), 'products', {
    'store_id': dbt.type_string(),
    'product_id': dbt.type_string(),
    'product_title': dbt.type_string(),
    'product_type': dbt.type_string(),
    'vendor': dbt.type_string(),
    'category_name': dbt.type_string(),
    'status': dbt.type_string()
}) }}
