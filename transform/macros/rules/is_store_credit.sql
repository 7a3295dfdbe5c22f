{#
    Whether a payment of this gateway is by gift card or store credit, which
    Shopify names `shopify_store_credit`.
#}
{% macro is_store_credit(gateway) -%}
    coalesce({{ gateway }}, '')
        in ('gift_card', 'store_credit', 'shopify_store_credit')
{%- endmacro %}
