select
    data_through_date, loop_period_start_date, return_maturity_days, store_timezone
from rpt_data_through
