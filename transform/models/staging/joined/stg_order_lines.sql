{{ adapter_rows(var('shopify_source'), 'order_lines', {
    'store_id': dbt.type_string(),
    'order_id': dbt.type_string(),
    'order_line_id': dbt.type_string(),
    'product_id': dbt.type_string(),
    'variant_id': dbt.type_string(),
    'sku': dbt.type_string(),
    'product_title': dbt.type_string(),
    'variant_title': dbt.type_string(),
    'vendor': dbt.type_string(),
    'quantity': dbt.type_bigint(),
    'current_quantity': dbt.type_bigint(),
    'unit_price_amount': type_money(),
    'discount_amount': type_money(),
    'tax_amount': type_money(),
    'is_gift_card': dbt.type_boolean()
}) }}
