-- What is the value of the goods sent in exchange each month?
select extract(year from return_date) as year_number,
    extract(month from return_date) as month_number,
    currency_code, count(*) as items, sum(total_amount) as value_sent
from {{ ref('loop_returns', 'fct_return_exchanges') }}
where is_counted_return
group by 1, 2, 3
