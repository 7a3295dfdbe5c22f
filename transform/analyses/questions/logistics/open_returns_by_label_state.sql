-- How many returns are open, by month and state of the label?
select return_month_date, label_status, count(*) as return_count
from {{ ref('loop_returns', 'fct_returns') }}
where return_state = 'open'
group by return_month_date, label_status
