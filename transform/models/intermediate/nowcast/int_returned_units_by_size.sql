{{ config(materialized='view') }}

-- Only lines that came back are joined to their returned units.
with order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines_returned') }}
    where
        sm_order_line_key is not null
        and returned_units > 0
),

exchange_lines as (
    select *
    from {{ ref('loop_returns', 'int_exchange_lines_returned') }}
),

all_return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where
        is_counted_return
        and not is_warranty
        and is_merchandise
        and not is_over_line_quantity
),

exchanged as (
    select *
    from {{ ref('loop_returns', 'int_return_lines_exchanged') }}
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where
        is_customer_order
        and loop_exclusion_reason is null
),

variant_options as (
    select *
    from {{ ref('loop_returns', 'int_variant_options') }}
),

return_lines as (
    select
        all_return_lines.*,
        exchanged.return_id is not null as is_exchanged
    from all_return_lines
    left join exchanged
        on
            all_return_lines.return_id = exchanged.return_id
            and all_return_lines.return_line_item_id
            = exchanged.return_line_item_id
),

lines as (
    select
        order_lines.sm_order_line_key,
        {{ product_key('order_lines') }} as product_key,
        order_lines.variant_id,
        order_lines.product_title,
        order_lines.product_category,
        order_lines.order_date
    from order_lines
    union all
    select
        sm_order_line_key,
        product_key,
        variant_id,
        product_title,
        product_category,
        root_order_date as order_date
    from exchange_lines
),

-- Units without an order line still have an order.
returned as (
    select
        return_lines.return_id,
        return_lines.return_line_item_id,
        lines.product_key,
        lines.variant_id,
        lines.product_title,
        lines.product_category,
        lines.order_date,
        return_lines.is_rate_unit,
        return_lines.is_exchanged,
        return_lines.is_kept,
        return_lines.is_resold,
        return_lines.return_date,
        return_lines.inspected_at
    from return_lines
    inner join lines
        on return_lines.sm_order_line_key = lines.sm_order_line_key
    union all
    select
        return_lines.return_id,
        return_lines.return_line_item_id,
        {{ product_key('return_lines') }} as product_key,
        return_lines.variant_id,
        return_lines.product_title,
        return_lines.product_category,
        orders.order_date,
        return_lines.is_rate_unit,
        return_lines.is_exchanged,
        return_lines.is_kept,
        return_lines.is_resold,
        return_lines.return_date,
        return_lines.inspected_at
    from return_lines
    inner join orders
        on return_lines.sm_order_key = orders.sm_order_key
    where
        return_lines.sm_order_line_key is null
        and return_lines.is_rate_unit
),

final as (
    select
        returned.return_id,
        returned.return_line_item_id,
        returned.product_key,
        coalesce(variant_options.size, '(none)') as size,
        returned.product_title,
        returned.product_category,
        returned.order_date,
        returned.is_rate_unit,
        returned.is_exchanged,
        returned.is_resold is not null or coalesce(returned.is_kept, false)
            as is_resale_known,
        coalesce(returned.is_resold, false) as is_resold,
        -- The returns of an order that is not mature are its early ones.
        case
            when
                {{ days_between(
                    'returned.order_date', 'maturity.data_through_date'
                ) }} >= maturity.return_maturity_days
                then greatest({{ days_between(
                    'returned.order_date', 'returned.return_date'
                ) }}, 0)
        end as days_to_return,
        case
            when returned.is_resold and returned.inspected_at is not null
                then greatest({{ days_between(
                    'returned.return_date', local_date('returned.inspected_at')
                ) }}, 0)
        end as days_to_resale
    from returned
    inner join maturity
        on
            returned.return_date <= maturity.data_through_date
            and {{ is_in_year_to(
                'returned.order_date', 'maturity.data_through_date'
            ) }}
    left join variant_options
        on returned.variant_id = variant_options.variant_id
)

select *
from final
