{#-
    The tables are listed, because dbt takes lineage from the sources that are
    named while it parses, and it knows the graph only later.
-#}
{%- set tables_of = {
    'fivetran_shopify': [
        'order', 'order_line', 'order_tag', 'order_discount_code',
        'order_url_tag', 'customer_visit', 'discount_allocation',
        'tax_line', 'order_line_refund', 'order_adjustment', 'product',
        'product_variant', 'inventory_item',
        'transaction', 'refund', 'fulfillment',
    ],
    'loop_returns': [
        'returns', 'return_line_items', 'return_exchanges',
        'return_outcomes', 'return_reasons', 'return_labels',
        'return_refunds', 'return_details', 'return_notes',
        'advanced_shipping_notices', 'destinations',
        'blocklist_items', 'allowlist_items', 'label_requests',
        'happy_returns_shipments', 'happy_returns_shipment_items',
        'webhooks', 'sync_audits',
    ],
    'shopifyql': [
        'sales',
    ],
    'stay_ai': [
        'subscriptions', 'orders',
    ],
    'stripe': [
        'charges',
    ],
    'tap_gorgias': [
        'tickets', 'satisfaction_surveys',
    ],
    'tap_recharge': [
        'orders',
    ],
    'tap_shopify_graphql': [
        'orders', 'products', 'product_variants', 'inventory_items',
        'order_refunds', 'transactions',
    ],
    'tap_shopify_rest': [
        'orders', 'products', 'product_variants', 'inventory_items',
        'customer_journey_summary', 'transactions',
    ],
} -%}
{%- set chosen = [
    'loop_returns',
    var('shopify_source'),
    var('subscription_source'),
    var('ticket_source'),
    var('charge_source'),
    var('sales_report_source'),
] -%}
{%- for source_name in chosen -%}
{%- for table_name in tables_of.get(source_name, []) -%}
{%- do source(source_name, table_name) -%}
{%- endfor -%}
{%- endfor %}

with final as (
    {% for table in raw_tables(chosen) -%}
    select
        '{{ table.source_name }}' as source_name,
        '{{ table.name }}' as table_name,
        {{ 'true' if table.is_optional else 'false' }} as is_optional,
        {{ 'true' if table['columns'] else 'false' }} as is_loaded,
        {{ count_if(raw_key_is_null(table)) }} as row_without_key_count
    from {{ table.relation }}
    {%- if target.type == 'bigquery' and 'data' in (table['columns'] or []) %}
    -- Checking keys reads whole rows, so only rows loaded in the last 7 days
    -- are checked.
    where
        _sdc_batched_at
        >= timestamp_sub({{ built_at() }}, interval 7 day)
    {%- endif %}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
)

select *
from final
