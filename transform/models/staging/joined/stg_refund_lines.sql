{{ adapter_rows(var('shopify_source'), 'refund_lines', {
    'store_id': dbt.type_string(),
    'refund_line_id': dbt.type_string(),
    'refund_id': dbt.type_string(),
    'order_id': dbt.type_string(),
    'order_line_id': dbt.type_string(),
    'restock_type': dbt.type_string(),
    'quantity': dbt.type_bigint(),
    'subtotal_amount': type_money(),
    'tax_amount': type_money()
}) }}
