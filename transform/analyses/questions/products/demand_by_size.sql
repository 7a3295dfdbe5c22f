-- How many units of each size do shoppers keep, after exchanges and the returns still to come?
select product_title, size, sold_units, exchanged_in_units, exchanged_out_units,
    demand_units, expected_returned_units, net_demand_units
from {{ ref('loop_returns', 'rpt_demand_by_size') }}
order by product_title, size
