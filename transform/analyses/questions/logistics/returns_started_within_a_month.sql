-- Which share of returns of each outcome starts within 30 days of the order?
select outcome_group, count(*) as return_count,
    avg(case when days_to_return <= 30 then 1.0 else 0 end) as share
from {{ ref('loop_returns', 'fct_returns') }}
where is_counted_return and days_to_return is not null
group by outcome_group
