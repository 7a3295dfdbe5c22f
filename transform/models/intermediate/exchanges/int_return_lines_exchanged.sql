{{ config(materialized='view') }}

with return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
),

return_exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
),

exchanges_made as (
    select return_id
    from {{ ref('loop_returns', 'int_returns_booked') }}
    where exchanged_at is not null
),

-- If Loop does not say which units of a return were exchanged, these are as
-- many as there are other exchange items, first those that were refunded least.
unresolved as (
    select
        return_id,
        return_line_item_id,
        row_number() over (
            partition by return_id
            order by line_refund_amount, return_line_item_id
        ) as unit_position
    from return_lines
    where line_outcome = 'unresolved'
),

known_exchanges as (
    select
        return_id,
        count(*) as unit_count
    from return_lines
    where
        line_outcome = 'exchange'
        and return_id in (
            select unresolved.return_id
            from unresolved
        )
    group by return_id
),

exchange_items as (
    select
        return_id,
        count(*) as item_count
    from return_exchanges
    where
        return_id in (
            select unresolved.return_id
            from unresolved
        )
    group by return_id
),

exchanged_unresolved as (
    select
        unresolved.return_id,
        unresolved.return_line_item_id
    from unresolved
    inner join exchange_items
        on unresolved.return_id = exchange_items.return_id
    left join known_exchanges
        on unresolved.return_id = known_exchanges.return_id
    where
        unresolved.unit_position
        <= exchange_items.item_count - coalesce(known_exchanges.unit_count, 0)
),

-- A unit has been exchanged once its replacement was sent.
final as (
    select
        return_lines.return_id,
        return_lines.return_line_item_id
    from return_lines
    inner join exchanges_made
        on return_lines.return_id = exchanges_made.return_id
    left join exchanged_unresolved
        on
            return_lines.return_id = exchanged_unresolved.return_id
            and return_lines.return_line_item_id
            = exchanged_unresolved.return_line_item_id
    where
        return_lines.line_outcome = 'exchange'
        or exchanged_unresolved.return_id is not null
)

select *
from final
