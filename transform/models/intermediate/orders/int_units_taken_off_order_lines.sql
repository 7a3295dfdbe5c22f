{{ incremental_by('order_id', on_bigquery='view') }}

with order_lines as (
    select *
    from {{ ref('loop_returns', 'stg_order_lines') }}
    where {{ is_affected('order_id') }}
),

refund_lines as (
    select *
    from {{ ref('loop_returns', 'stg_refund_lines') }}
    where
        order_line_id is not null
        and {{ is_affected('order_id') }}
),

links as (
    select *
    from {{ ref('loop_returns', 'int_return_lines_linked') }}
    where {{ is_affected('return_id') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_classified') }}
    where {{ is_affected('return_id') }}
),

-- A refund line with restock type cancel is an edit: the unit was never sent.
refunded as (
    select
        store_id,
        order_line_id,
        {{ sum_of_units(
            "case when restock_type = 'cancel' then 0 else quantity end"
        ) }} as refunded_units,
        {{ sum_of_units(
            "case when restock_type = 'cancel' then quantity else 0 end"
        ) }} as cancelled_units
    from refund_lines
    group by store_id, order_line_id
),

refunded_orders as (
    select distinct
        store_id,
        order_id
    from refund_lines
),

processed as (
    select
        links.sm_order_line_key,
        count(*) as returned_units
    from links
    inner join returns
        on links.return_id = returns.return_id
    where
        links.sm_order_line_key is not null
        and returns.is_processed
    group by links.sm_order_line_key
),

joined as (
    select
        order_lines.*,
        refunded.cancelled_units,
        -- Without refund lines, only Loop shows the returned units.
        coalesce(
            case
                when refunded_orders.order_id is not null
                    then refunded.refunded_units
                else processed.returned_units
            end,
            0
        ) as sent_back_units
    from order_lines
    left join refunded_orders
        on
            order_lines.store_id = refunded_orders.store_id
            and order_lines.order_id = refunded_orders.order_id
    left join refunded
        on
            order_lines.store_id = refunded.store_id
            and order_lines.order_line_id = refunded.order_line_id
    left join processed
        on
            {{ sm_key('order_lines.store_id', 'order_lines.order_line_id') }}
            = processed.sm_order_line_key
),

-- The current quantity falls by edits and by returned units. If a source has no
-- current quantity, only refund lines show edits.
counted as (
    select
        *,
        case
            when current_quantity is null then cancelled_units
            else quantity - current_quantity - sent_back_units
        end as taken_off_units
    from joined
),

final as (
    select
        store_id,
        order_id,
        order_line_id,
        taken_off_units,
        {{ built_at() }} as built_at
    from counted
    where taken_off_units > 0
)

select *
from final
