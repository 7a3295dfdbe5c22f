-- What is the last day of the data, and when is an order mature?
select data_through_date, return_maturity_days, median_days_to_return
from {{ ref('loop_returns', 'rpt_data_through') }}
