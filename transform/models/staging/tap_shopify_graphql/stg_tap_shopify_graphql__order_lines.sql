{{ incremental_by('order_line_id', strategy='merge') }}
{{ config(
    enabled=var('shopify_source') == 'tap_shopify_graphql',
    pre_hook="{{ delete_lines_of_changed_orders('tap_shopify_graphql') }}"
) }}

{{ shopify_order_lines('tap_shopify_graphql', 'lineItems', {
    'id': '$.id',
    'product_id': '$.product.id',
    'variant_id': '$.variant.id',
    'sku': '$.sku',
    'title': '$.title',
    'variant_title': none,
    'name': '$.name',
    'vendor': '$.vendor',
    'quantity': '$.quantity',
    'current_quantity': '$.currentQuantity',
    'price': '$.originalUnitPriceSet.shopMoney.amount',
    'discounts': '$.discountAllocations',
    'taxes': '$.taxLines',
    'is_gift_card': '$.isGiftCard'
},
discount_amount='allocatedAmountSet.shopMoney.amount',
tax_amount='priceSet.shopMoney.amount') }}
