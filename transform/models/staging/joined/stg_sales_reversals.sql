{{ adapter_rows(var('sales_report_source'), 'sales_reversals', {
    'store_id': dbt.type_string(),
    'order_id': dbt.type_string(),
    'reversed_amount': type_money(),
    'reversed_on': 'date'
}) }}
