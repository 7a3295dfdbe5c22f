{{ config(materialized='view') }}

with maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

units_sold as (
    select units.*
    from {{ ref('loop_returns', 'int_units_sold_by_date') }} as units
    cross join maturity
    where
        {{ is_in_year_to(
            'units.order_date', 'maturity.data_through_date'
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
units as (
    select
        product_key,
        variant_id,
        product_title,
        product_category,
        order_date,
        sold_units,
        exchange_added_units as exchanged_in_units
    from units_sold
    union all
    select
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
        units.product_key,
        coalesce(variant_options.size, '(none)') as size,
        units.order_date,
        max(units.product_title) as product_title,
        max(units.product_category) as product_category,
        {{ sum_of_units('units.sold_units') }} as sold_units,
        {{ sum_of_units('units.exchanged_in_units') }} as exchanged_in_units
    from units
    left join variant_options
        on units.variant_id = variant_options.variant_id
    group by 1, 2, 3
)

select *
from final
