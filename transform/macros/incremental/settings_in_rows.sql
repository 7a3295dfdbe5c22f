{# Variables that rows of incremental tables depend on; a test checks the list. #}
{% macro settings_in_rows() -%}
    {{ return([
        'shopify_source',
        'subscription_source',
        'store_timezone',
        'reporting_currency',
        'own_hosts',
        'exchange_order_prefixes',
        'exchange_app_ids',
        'exchange_order_tags',
        'replacement_order_tags',
        'excluded_order_tags',
        'non_merchandise_product_types',
        'sales_channels_without_loop',
    ]) }}
{%- endmacro %}
