-- Which share of a product's returned units is exchanged, by size and month?
select product_id, size, return_month_date, count(*) as units,
    avg(case when line_outcome = 'exchange' then 1.0 else 0 end) as share
from {{ ref('loop_returns', 'fct_return_lines') }}
where is_counted_return and is_merchandise and not is_over_line_quantity
group by product_id, size, return_month_date
