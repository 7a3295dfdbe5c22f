{{ config(enabled=var('shopify_source') == 'tap_shopify_graphql') }}

{{ variant_costs(
    'tap_shopify_graphql',
    rows=raw_rows('tap_shopify_graphql', 'inventory_items'),
    key=digits(raw_text('id')),
    cost=to_money(json_text(raw_json('unitCost'), '$.amount'))
) }}
