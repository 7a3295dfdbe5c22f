{{ adapter_rows(var('shopify_source'), 'product_variants', {
    'store_id': dbt.type_string(),
    'variant_id': dbt.type_string(),
    'product_id': dbt.type_string(),
    'sku': dbt.type_string(),
    'variant_title': dbt.type_string(),
    'price_amount': type_money()
}) }}
