{{ return_rates_by(['product_category']) }}
