{{ config(enabled=var('shopify_source') == 'tap_shopify_rest') }}

{{ variant_costs(
    'tap_shopify_rest',
    rows=raw_rows('tap_shopify_rest', 'inventory_items'),
    key=digits(raw_text('id')),
    cost=raw_money('cost'),
    currency=currency_code(raw_text('currency_code'))
) }}
