select currency_code, order_count, return_count, is_main_currency
from dim_currencies
order by is_main_currency desc, order_count desc, currency_code
