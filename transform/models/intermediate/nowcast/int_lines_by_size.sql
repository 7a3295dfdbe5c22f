{{ config(materialized='view') }}

with maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

order_lines as (
    select lines.*
    from {{ ref('loop_returns', 'int_order_lines_returned') }} as lines
    cross join maturity
    where
        lines.sm_order_line_key is not null
        and {{ is_in_year_to(
            'lines.order_date', 'maturity.data_through_date'
        ) }}
),

exchange_lines as (
    select lines.*
    from {{ ref('loop_returns', 'int_exchange_lines_returned') }} as lines
    cross join maturity
    where
        {{ is_in_year_to(
            'lines.root_order_date', 'maturity.data_through_date'
        ) }}
),

variant_options as (
    select *
    from {{ ref('loop_returns', 'int_variant_options') }}
),

-- Goods sent in exchange have the date of the order that they belong to.
lines as (
    select
        order_lines.sm_order_line_key,
        {{ product_key('order_lines') }} as product_key,
        order_lines.variant_id,
        order_lines.product_title,
        order_lines.product_category,
        order_lines.order_date,
        order_lines.sold_units,
        order_lines.exchange_added_units as exchanged_in_units
    from order_lines
    union all
    select
        sm_order_line_key,
        product_key,
        variant_id,
        product_title,
        product_category,
        root_order_date as order_date,
        0 as sold_units,
        exchanged_units + exchange_added_units as exchanged_in_units
    from exchange_lines
),

final as (
    select
        lines.sm_order_line_key,
        lines.product_key,
        coalesce(variant_options.size, '(none)') as size,
        lines.product_title,
        lines.product_category,
        lines.order_date,
        lines.sold_units,
        lines.exchanged_in_units
    from lines
    left join variant_options
        on lines.variant_id = variant_options.variant_id
)

select *
from final
