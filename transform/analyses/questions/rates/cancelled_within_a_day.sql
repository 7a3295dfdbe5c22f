-- How many cancelled returns were cancelled within a day of their start?
select outcome_group, count(*) as cancelled_returns,
    sum(case when days_since_request <= 1 then 1 else 0 end) as within_a_day
from {{ ref('loop_returns', 'fct_return_events') }}
where milestone = 'cancelled'
group by outcome_group
