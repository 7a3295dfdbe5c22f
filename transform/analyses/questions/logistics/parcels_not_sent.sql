-- How many open returns of each carrier have a label but no scan of the parcel?
select carrier, count(*) as return_count,
    sum(case when last_milestone = 'label_made' then 1 else 0 end) as not_sent
from {{ ref('loop_returns', 'rpt_returns_outstanding') }}
where return_state = 'open'
group by carrier
