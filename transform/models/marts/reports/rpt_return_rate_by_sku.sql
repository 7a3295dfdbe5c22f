{{ return_rates_by('sku', ['product_title', 'product_category']) }}
