-- Which outcome do returned units have, by category and channel?
select product_category, order_channel, outcome,
    sum(returned_units) as returned_units
from {{ ref('loop_returns', 'rpt_returned_units') }}
where date_basis = 'return'
group by product_category, order_channel, outcome
