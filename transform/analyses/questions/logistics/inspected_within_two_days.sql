-- Which share of inspected returns was inspected within two days of delivery?
select seen.return_month_date, count(*) as inspected_returns,
    avg(case when seen.days_since_request - arrived.days_since_request <= 2
        then 1.0 else 0 end) as share
from {{ ref('loop_returns', 'fct_return_events') }} as seen
inner join {{ ref('loop_returns', 'fct_return_events') }} as arrived
    on seen.loop_return_id = arrived.loop_return_id
where seen.milestone = 'inspected' and arrived.milestone = 'delivered'
    and seen.is_counted_return
group by seen.return_month_date
