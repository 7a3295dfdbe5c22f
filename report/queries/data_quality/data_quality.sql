select check_name, row_count, example_id
from rpt_data_quality
order by row_count desc, check_name
