{{ adapter_rows(var('shopify_source'), 'order_adjustments', {
    'store_id': dbt.type_string(),
    'adjustment_id': dbt.type_string(),
    'refund_id': dbt.type_string(),
    'order_id': dbt.type_string(),
    'adjustment_reason': dbt.type_string(),
    'amount': type_money(),
    'tax_amount': type_money()
}) }}
