select
    data_through_date, orders_through_at, returns_through_at,
    return_maturity_days
from rpt_data_through
