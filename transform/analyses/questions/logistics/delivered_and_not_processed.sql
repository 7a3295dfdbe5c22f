-- How many returns have been delivered but not processed, by carrier?
select arrived.carrier, count(*) as return_count
from {{ ref('loop_returns', 'fct_return_events') }} as arrived
left join {{ ref('loop_returns', 'fct_return_events') }} as done
    on arrived.loop_return_id = done.loop_return_id
        and done.milestone = 'processed'
where arrived.milestone = 'delivered' and arrived.is_counted_return
    and done.loop_return_id is null
group by arrived.carrier
