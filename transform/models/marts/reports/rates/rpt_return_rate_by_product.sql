{{ return_rates_by(
    ['product_key'],
    labels=['product_title', 'product_category'],
    groups=['product_category'],
    only_line='is_only_line_of_item'
) }}
