-- Which share of returns are warranty claims?
select return_month_date, count(*) as return_count,
    avg(case when is_warranty then 1.0 else 0 end) as warranty_share
from {{ ref('loop_returns', 'fct_returns') }}
where is_counted_return
group by return_month_date
