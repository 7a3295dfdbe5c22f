select
    data_through_date, data_through_at, orders_through_at, returns_through_at,
    loop_period_start_date, return_maturity_days, store_timezone
from rpt_data_through
