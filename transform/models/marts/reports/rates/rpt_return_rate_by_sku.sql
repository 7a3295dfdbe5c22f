{{ return_rates_by(
    ['sku'],
    labels=['product_key', 'product_title', 'product_category'],
    groups=['product_key', 'product_category'],
    only_line='is_only_line_of_item'
) }}
