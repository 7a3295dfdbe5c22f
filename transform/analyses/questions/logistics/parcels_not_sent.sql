-- How many open returns of each carrier have a label but no scan of the parcel?
select made.carrier, count(*) as return_count,
    sum(case when scanned.loop_return_id is null then 1 else 0 end) as not_sent
from {{ ref('loop_returns', 'fct_return_events') }} as made
left join (
    select distinct loop_return_id from {{ ref('loop_returns', 'fct_return_events') }}
    where milestone in ('first_scan', 'delivered')
) as scanned on made.loop_return_id = scanned.loop_return_id
where made.milestone = 'label_made' and made.return_state = 'open'
    and made.is_counted_return
group by made.carrier
