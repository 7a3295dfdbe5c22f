-- Do more expensive goods come back more often?
select currency_code, floor(unit_price_amount / 50) * 50 as price_from,
    sum(sold_units) as sold_units, sum(returned_units) as returned_units
from {{ ref('loop_returns', 'fct_order_lines') }}
group by currency_code, floor(unit_price_amount / 50) * 50
