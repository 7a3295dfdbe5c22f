{{ incremental_by('return_id') }}

with return_line_items as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_line_items') }}
    where {{ is_affected('return_id') }}
),

returns_matched as (
    select *
    from {{ ref('loop_returns', 'int_returns_matched_to_orders') }}
    where {{ is_affected('return_id') }}
),

order_lines as (
    select *
    from {{ ref('loop_returns', 'stg_order_lines') }}
    where {{ is_affected('order_id') }}
),

linked_by_id as (
    select
        return_line_items.store_id,
        return_line_items.return_id,
        return_line_items.return_line_item_id,
        return_line_items.variant_id,
        return_line_items.sku,
        returns_matched.order_id,
        order_lines.order_line_id
    from return_line_items
    inner join returns_matched
        on return_line_items.return_id = returns_matched.return_id
    left join order_lines
        on
            return_line_items.store_id = order_lines.store_id
            and return_line_items.order_line_id = order_lines.order_line_id
),

-- Units still without a line, numbered in the order of their ids.
unlinked as (
    select
        store_id,
        return_id,
        return_line_item_id,
        order_id,
        variant_id,
        sku,
        row_number() over (
            partition by store_id, order_id, variant_id
            order by return_id, return_line_item_id
        ) as variant_position,
        row_number() over (
            partition by store_id, order_id, sku
            order by return_id, return_line_item_id
        ) as sku_position
    from linked_by_id
    where
        order_line_id is null
        and order_id is not null
),

wanted_orders as (
    select distinct
        store_id,
        order_id
    from unlinked
),

-- The position of a line's last unit among all units of the line's variant, and
-- among those of its SKU. Returned units beyond the last position belong to the
-- last line, where they exceed the quantity sold.
numbered_lines as (
    select
        order_lines.store_id,
        order_lines.order_id,
        order_lines.order_line_id,
        order_lines.variant_id,
        order_lines.sku,
        order_lines.quantity,
        sum(order_lines.quantity) over (
            partition by
                order_lines.store_id, order_lines.order_id,
                order_lines.variant_id
            order by
                length(order_lines.order_line_id), order_lines.order_line_id
            rows between unbounded preceding and current row
        ) as last_variant_unit,
        sum(order_lines.quantity) over (
            partition by
                order_lines.store_id, order_lines.order_id,
                order_lines.variant_id
        ) as variant_units,
        sum(order_lines.quantity) over (
            partition by
                order_lines.store_id, order_lines.order_id,
                order_lines.sku
            order by
                length(order_lines.order_line_id), order_lines.order_line_id
            rows between unbounded preceding and current row
        ) as last_sku_unit,
        sum(order_lines.quantity) over (
            partition by
                order_lines.store_id, order_lines.order_id,
                order_lines.sku
        ) as sku_units
    from order_lines
    inner join wanted_orders
        on
            order_lines.store_id = wanted_orders.store_id
            and order_lines.order_id = wanted_orders.order_id
),

linked_by_likeness as (
    select
        unlinked.return_id,
        unlinked.return_line_item_id,
        by_variant.order_line_id as variant_order_line_id,
        by_sku.order_line_id as sku_order_line_id
    from unlinked
    left join numbered_lines as by_variant
        on
            unlinked.store_id = by_variant.store_id
            and unlinked.order_id = by_variant.order_id
            and unlinked.variant_id = by_variant.variant_id
            and least(unlinked.variant_position, by_variant.variant_units)
            <= by_variant.last_variant_unit
            and least(unlinked.variant_position, by_variant.variant_units)
            > by_variant.last_variant_unit - by_variant.quantity
    left join numbered_lines as by_sku
        on
            unlinked.store_id = by_sku.store_id
            and unlinked.order_id = by_sku.order_id
            and unlinked.sku = by_sku.sku
            and least(unlinked.sku_position, by_sku.sku_units)
            <= by_sku.last_sku_unit
            and least(unlinked.sku_position, by_sku.sku_units)
            > by_sku.last_sku_unit - by_sku.quantity
),

final as (
    select
        linked_by_id.return_id,
        linked_by_id.return_line_item_id,
        {{ sm_key(
            'linked_by_id.store_id',
            'coalesce(linked_by_id.order_line_id, '
            ~ 'linked_by_likeness.variant_order_line_id, '
            ~ 'linked_by_likeness.sku_order_line_id)'
        ) }} as sm_order_line_key,
        case
            when linked_by_id.order_line_id is not null then 'line_id'
            when linked_by_likeness.variant_order_line_id is not null
                then 'variant'
            when linked_by_likeness.sku_order_line_id is not null then 'sku'
            else 'none'
        end as line_link_method,
        {{ built_at() }} as built_at
    from linked_by_id
    left join linked_by_likeness
        on
            linked_by_id.return_id = linked_by_likeness.return_id
            and linked_by_id.return_line_item_id
            = linked_by_likeness.return_line_item_id
)

select *
from final
