{{ config(materialized='view') }}

with order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines_returned') }}
    where sm_order_line_key is not null
),

exchange_lines as (
    select *
    from {{ ref('loop_returns', 'int_exchange_lines_returned') }}
),

all_order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines') }}
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
        exchange_lines.sm_order_line_key,
        {{ product_key('all_order_lines') }} as product_key,
        all_order_lines.variant_id,
        all_order_lines.product_title,
        all_order_lines.product_category,
        exchange_lines.root_order_date as order_date,
        0 as sold_units,
        exchange_lines.exchanged_units
        + all_order_lines.exchange_added_units as exchanged_in_units
    from exchange_lines
    inner join all_order_lines
        on
            exchange_lines.sm_order_line_key
            = all_order_lines.sm_order_line_key
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
