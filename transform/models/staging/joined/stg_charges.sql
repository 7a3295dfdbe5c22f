{{ adapter_rows(var('charge_source'), 'charges', {
    'store_id': dbt.type_string(),
    'charge_id': dbt.type_string(),
    'return_id': dbt.type_string(),
    'currency_code': dbt.type_string(),
    'charged_amount': type_money(),
    'created_at': dbt.type_timestamp()
}) }}
