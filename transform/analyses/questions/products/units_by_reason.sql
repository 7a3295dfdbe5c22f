-- How many units come back for each reason?
select parent_return_reason, sum(returned_unit_count) as returned_units
from {{ ref('loop_returns', 'dim_return_reasons') }}
group by parent_return_reason
