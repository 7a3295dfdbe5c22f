{{ incremental_by('order_line_id', strategy='merge') }}
{{ config(
    enabled=var('shopify_source') == 'tap_shopify_rest',
    pre_hook="{{ delete_lines_of_changed_orders('tap_shopify_rest') }}"
) }}

{{ shopify_order_lines('tap_shopify_rest', 'line_items', {
    'id': '$.id',
    'product_id': '$.product_id',
    'variant_id': '$.variant_id',
    'sku': '$.sku',
    'title': '$.title',
    'variant_title': '$.variant_title',
    'name': '$.name',
    'vendor': '$.vendor',
    'quantity': '$.quantity',
    'current_quantity': '$.current_quantity',
    'price': '$.price',
    'discounts': '$.discount_allocations',
    'taxes': '$.tax_lines',
    'is_gift_card': '$.gift_card'
}, discount_amount='amount', tax_amount='price') }}
