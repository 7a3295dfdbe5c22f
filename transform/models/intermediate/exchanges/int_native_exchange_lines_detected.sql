{{ incremental_by('order_id') }}

with exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    where {{ is_affected('return_id') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
    where {{ is_affected('return_id') }}
),

returns_matched as (
    select *
    from {{ ref('loop_returns', 'int_returns_matched_to_orders') }}
    where {{ is_affected('return_id') }}
),

return_line_items as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_line_items') }}
    where {{ is_affected('return_id') }}
),

order_lines as (
    select *
    from {{ ref('loop_returns', 'stg_order_lines') }}
    where {{ is_affected('order_id') }}
),

-- Lines added later have higher ids. Ids are text, so they get equal length.
newest_lines_sent_back as (
    select
        return_id,
        max(lpad(order_line_id, 40, '0')) as line_sort_key
    from return_line_items
    group by return_id
),

-- Exchange items without a separate exchange order. Their lines are newer than
-- the lines that were sent back for them.
native_items as (
    select
        exchanges.store_id,
        returns_matched.order_id,
        exchanges.variant_id,
        max(exchanges.sku) as sku,
        count(*) as unit_count,
        coalesce(min(newest_lines_sent_back.line_sort_key), '')
            as sent_back_sort_key
    from exchanges
    inner join returns
        on exchanges.return_id = returns.return_id
    inner join returns_matched
        on exchanges.return_id = returns_matched.return_id
    left join newest_lines_sent_back
        on exchanges.return_id = newest_lines_sent_back.return_id
    where
        returns_matched.order_id is not null
        -- Loop may name the original order if the goods were added to it.
        and (
            exchanges.exchange_order_id = returns_matched.order_id
            or (
                exchanges.exchange_order_id is null
                and (
                    exchanges.exchange_order_name is null
                    or exchanges.exchange_order_name = returns.order_name
                )
            )
        )
        and (
            returns.return_state = 'closed'
            or returns.exchange_processed_at is not null
        )
        and returns.return_state <> 'cancelled'
    group by
        exchanges.store_id,
        returns_matched.order_id,
        exchanges.variant_id
),

candidates as (
    select
        order_lines.store_id,
        order_lines.order_id,
        order_lines.order_line_id,
        order_lines.quantity,
        native_items.variant_id,
        native_items.unit_count,
        sum(order_lines.quantity) over (
            partition by
                order_lines.store_id, order_lines.order_id,
                native_items.variant_id
            order by lpad(order_lines.order_line_id, 40, '0') desc
            rows between unbounded preceding and current row
        ) - order_lines.quantity as newer_units
    from order_lines
    inner join native_items
        on
            order_lines.store_id = native_items.store_id
            and order_lines.order_id = native_items.order_id
            -- The line of a deleted product has no variant.
            and (
                order_lines.variant_id = native_items.variant_id
                or (
                    order_lines.variant_id is null
                    and order_lines.sku = native_items.sku
                )
            )
            and lpad(order_lines.order_line_id, 40, '0')
            > native_items.sent_back_sort_key
),

final as (
    select
        store_id,
        order_id,
        order_line_id,
        variant_id,
        cast(
            least(quantity, unit_count - newer_units)
            as {{ dbt.type_bigint() }}
        ) as exchange_units,
        {{ built_at() }} as built_at
    from candidates
    where newer_units < unit_count
)

select *
from final
