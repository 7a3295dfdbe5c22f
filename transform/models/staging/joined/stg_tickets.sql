{{ adapter_rows(var('ticket_source'), 'tickets', {
    'ticket_id': dbt.type_string(),
    'status': dbt.type_string(),
    'channel': dbt.type_string(),
    'customer_email_hash': dbt.type_string(),
    'ticket_tags': dbt.type_string(),
    'order_name_in_text': dbt.type_string(),
    'messages_count': dbt.type_bigint(),
    'csat_score': dbt.type_bigint(),
    'created_at': dbt.type_timestamp(),
    'closed_at': dbt.type_timestamp()
}) }}
