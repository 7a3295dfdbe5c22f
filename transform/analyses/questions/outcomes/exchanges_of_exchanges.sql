-- How many exchange orders follow from another exchange?
select exchange_depth, count(*) as order_count
from {{ ref('loop_returns', 'fct_orders') }}
where order_role = 'exchange'
group by exchange_depth
