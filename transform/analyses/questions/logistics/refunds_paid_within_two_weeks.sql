-- Which share of refunds is paid within 14 days of the return's start?
select return_month_date, count(*) as refunded_returns,
    avg(case when days_return_to_refund <= 14 then 1.0 else 0 end) as share
from {{ ref('loop_returns', 'fct_returns') }}
where is_counted_return and refund_processed_at is not null
group by return_month_date
