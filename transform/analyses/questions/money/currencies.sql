-- In which currencies does the shop sell?
select currency_code, order_count, return_count
from {{ ref('loop_returns', 'dim_currencies') }}
