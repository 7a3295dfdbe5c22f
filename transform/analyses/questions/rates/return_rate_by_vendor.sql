-- How many units of each vendor were sold and returned?
select vendor, sum(sold_units) as sold_units,
    sum(returned_units) as returned_units
from {{ ref('loop_returns', 'fct_order_lines') }}
group by vendor
