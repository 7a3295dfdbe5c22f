-- In which condition do goods come back, and how many go back to stock?
select condition_category, count(*) as units,
    sum(case when is_resold then 1 else 0 end) as resold_units
from {{ ref('loop_returns', 'fct_return_lines') }}
where is_counted_return and condition_category is not null
group by condition_category
