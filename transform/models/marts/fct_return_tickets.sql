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

orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
),

order_names as (
    select order_name from orders
    union distinct
    select order_name from returns
),

-- A subject may continue after the name (#1001-refund), or have a word that is
-- no order's name (#help).
named as (
    select
        tickets.*,
        coalesce(whole.order_name, shortened.order_name) as order_name
    from tickets
    left join order_names as whole
        on tickets.order_name_in_text = whole.order_name
    left join order_names as shortened
        on
            {{ regexp_part(
                'tickets.order_name_in_text', '^(#.*[0-9])-[A-Za-z]+$'
            ) }} = shortened.order_name
),

linked_by_order as (
    select
        named.ticket_id,
        returns.return_id,
        returns.return_created_at,
        'order_name' as match_method
    from named
    inner join returns
        on named.order_name = returns.order_name
    where named.created_at >= returns.return_created_at
),

linked_by_customer as (
    select
        named.ticket_id,
        returns.return_id,
        returns.return_created_at,
        'customer' as match_method
    from named
    inner join returns
        on named.customer_email_hash = returns.customer_email_hash
    where
        named.order_name is null
        and named.created_at >= returns.return_created_at
        and {{ days_between('returns.return_date', 'named.ticket_date') }}
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
