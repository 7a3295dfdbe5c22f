{#-
    A ticket that names no order belongs to a return only if that return started
    at most this many days before the ticket.
-#}
{%- set most_days = 60 -%}

with tickets as (
    select
        *,
        {{ local_date('created_at') }} as ticket_date
    from {{ ref('loop_returns', 'stg_tickets') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
),

linked_by_order as (
    select
        tickets.ticket_id,
        returns.return_id,
        returns.return_created_at,
        'order_name' as match_method
    from tickets
    inner join returns
        on tickets.order_name_in_text = returns.order_name
    where tickets.created_at >= returns.return_created_at
),

linked_by_customer as (
    select
        tickets.ticket_id,
        returns.return_id,
        returns.return_created_at,
        'customer' as match_method
    from tickets
    inner join returns
        on tickets.customer_email_hash = returns.customer_email_hash
    where
        tickets.order_name_in_text is null
        and tickets.created_at >= returns.return_created_at
        and {{ days_between('returns.return_date', 'tickets.ticket_date') }}
        <= {{ most_days }}
),

links as (
    select * from linked_by_order
    union all
    select * from linked_by_customer
),

-- A ticket belongs to the newest return that was started before it.
ranked as (
    select
        *,
        row_number() over (
            partition by ticket_id
            order by return_created_at desc, return_id desc
        ) as position
    from links
),

final as (
    select
        -- ids
        ranked.ticket_id,
        ranked.return_id as loop_return_id,
        returns.store_id as sm_store_id,
        -- text
        ranked.match_method,
        tickets.status as ticket_status,
        tickets.channel as ticket_channel,
        tickets.ticket_tags,
        returns.return_state,
        returns.outcome_group,
        -- numerics
        tickets.messages_count,
        tickets.csat_score,
        {{ days_between('returns.return_date', 'tickets.ticket_date') }}
            as days_return_to_ticket,
        -- booleans
        returns.is_counted_return,
        -- dates
        tickets.ticket_date,
        returns.return_date,
        returns.return_month_date,
        -- timestamps
        tickets.created_at as ticket_created_at,
        tickets.closed_at as ticket_closed_at
    from ranked
    inner join tickets
        on ranked.ticket_id = tickets.ticket_id
    inner join returns
        on ranked.return_id = returns.return_id
    where ranked.position = 1
)

select *
from final
