-- How many returns are refunded before the goods have arrived?
select paid.outcome_group, count(*) as refunded_returns,
    sum(case when arrived.occurred_at <= paid.occurred_at then 0 else 1 end)
        as refunded_before
from {{ ref('loop_returns', 'fct_return_events') }} as paid
left join {{ ref('loop_returns', 'fct_return_events') }} as arrived
    on paid.loop_return_id = arrived.loop_return_id
        and arrived.milestone = 'delivered'
where paid.milestone = 'refunded' and paid.is_counted_return
group by paid.outcome_group
