-- Which data quality rules do raw rows break?
select check_name, row_count, example_id
from {{ ref('loop_returns', 'rpt_data_quality') }}
where row_count > 0
