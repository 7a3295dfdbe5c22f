{# Columns of a ledger entry except its amount. #}
{% macro ledger_columns() -%}
    {{ return([
        'ledger_entry_key',
        'return_id',
        'store_id',
        'sm_order_key',
        'order_id',
        'order_name',
        'entry_type',
        'account_class',
        'currency_code',
        'payment_gateway',
        'source_table',
        'source_id',
        'loop_date',
        'shopify_date',
        'loop_occurred_at',
        'shopify_booked_at',
    ]) }}
{%- endmacro %}
