{%- set source_name = var('subscription_source') -%}
{%- set source_name = 'none' if source_name == 'tags' else source_name -%}
{{ adapter_rows(source_name, 'subscriptions', {
    'subscription_source': dbt.type_string(),
    'store_id': dbt.type_string(),
    'subscription_line_id': dbt.type_string(),
    'subscription_id': dbt.type_string(),
    'subscription_contract_id': dbt.type_string(),
    'subscription_customer_id': dbt.type_string(),
    'customer_id': dbt.type_string(),
    'customer_email_hash': dbt.type_string(),
    'product_id': dbt.type_string(),
    'variant_id': dbt.type_string(),
    'sku': dbt.type_string(),
    'status': dbt.type_string(),
    'cancellation_reason': dbt.type_string(),
    'interval_unit': dbt.type_string(),
    'currency_code': dbt.type_string(),
    'interval_count': dbt.type_bigint(),
    'quantity': dbt.type_bigint(),
    'unit_price_amount': type_money(),
    'created_at': dbt.type_timestamp(),
    'cancelled_at': dbt.type_timestamp(),
    'next_charge_at': dbt.type_timestamp()
}) }}
