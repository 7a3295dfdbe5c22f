-- How many support tickets are there about returns, by outcome?
select returns.outcome_group, count(tickets.ticket_id) as tickets,
    count(distinct returns.loop_return_id) as return_count
from {{ ref('loop_returns', 'fct_returns') }} as returns
left join {{ ref('loop_returns', 'fct_return_tickets') }} as tickets
    on returns.loop_return_id = tickets.loop_return_id
where returns.is_counted_return
group by returns.outcome_group
