-- Which customers returned three times or more?
select customer_id, count(*) as return_count
from {{ ref('loop_returns', 'fct_returns') }}
where is_rate_return and customer_id is not null
group by customer_id
having count(*) >= 3
