{{ adapter_rows(var('shopify_source'), 'variant_costs', {
    'store_id': dbt.type_string(),
    'variant_id': dbt.type_string(),
    'unit_cost_amount': type_money(),
    'currency_code': dbt.type_string()
}) }}
