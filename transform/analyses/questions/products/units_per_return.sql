-- How many units does a return have, by outcome?
select outcome_group, count(*) as return_count,
    sum(returned_unit_count) as returned_units
from {{ ref('loop_returns', 'fct_returns') }}
where is_counted_return
group by outcome_group
