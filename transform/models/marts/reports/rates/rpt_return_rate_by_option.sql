{{ return_rates_by(
    ['option_name', 'product_category', 'option_value'],
    groups=['product_category'],
    apart=['option_name'],
    lines='int_order_lines_returned_by_option'
) }}
