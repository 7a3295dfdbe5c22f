select
    data_through_date, orders_through_at, returns_through_at,
    months_complete_through_date, return_maturity_days,
    (
        select distinct sm_store_id from fct_returns
    ) as shop
from rpt_data_through
