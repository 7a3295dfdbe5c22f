with return_lines as (
    select *
    from {{ ref('loop_returns', 'fct_return_lines') }}
    where
        is_counted_return
        and is_merchandise
        and not is_over_line_quantity
),

returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'fct_orders') }}
),

units as (
    select
        return_lines.return_month_date,
        return_lines.root_order_month_date,
        returns.is_in_order_cohort,
        returns.is_order_mature,
        returns.is_realised_return,
        coalesce(returns.origin_country_code, '(none)')
            as origin_country_code,
        coalesce(orders.order_channel, '(none) / (none)') as order_channel,
        return_lines.product_category,
        {{ product_key('return_lines') }} as product_key,
        return_lines.product_title,
        coalesce(return_lines.size, '(none)') as size,
        return_lines.parent_return_reason,
        return_lines.return_reason,
        return_lines.line_outcome as outcome
    from return_lines
    inner join returns
        on return_lines.loop_return_id = returns.loop_return_id
    left join orders
        on returns.sm_order_key = orders.sm_order_key
),

-- Rows of both date bases: by the month of the first order, then of the return.
dated as (
    select
        'order' as date_basis,
        root_order_month_date as month_date,
        is_order_mature as is_mature,
        *
    from units
    where is_in_order_cohort
    union all
    select
        'return' as date_basis,
        return_month_date as month_date,
        false as is_mature,
        *
    from units
),

final as (
    select
        date_basis,
        month_date,
        is_mature,
        is_realised_return,
        origin_country_code,
        order_channel,
        product_category,
        product_key,
        max(product_title) as product_title,
        size,
        parent_return_reason,
        return_reason,
        outcome,
        cast(count(*) as {{ dbt.type_bigint() }}) as returned_units
    from dated
    where month_date is not null
    group by
        date_basis,
        month_date,
        is_mature,
        is_realised_return,
        origin_country_code,
        order_channel,
        product_category,
        product_key,
        size,
        parent_return_reason,
        return_reason,
        outcome
)

select *
from final
