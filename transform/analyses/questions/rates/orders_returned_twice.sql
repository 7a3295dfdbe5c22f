-- Which orders have several returns, and what did they cost?
select order_name, counted_return_count, currency_code, net_return_cost
from {{ ref('loop_returns', 'rpt_order_returns', v=1) }}
where counted_return_count > 1
