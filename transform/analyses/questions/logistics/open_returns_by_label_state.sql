-- Which returns are still open, since when, and where is the parcel?
select return_month_date, label_status, count(*) as return_count
from {{ ref('loop_returns', 'fct_returns') }}
where return_state = 'open'
group by return_month_date, label_status
