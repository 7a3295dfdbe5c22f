{{ config(materialized='view') }}

with order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines_returned') }}
),

variant_options as (
    select *
    from {{ ref('loop_returns', 'int_variant_options') }}
),

option_names as (
    select 'size' as option_name
    union all
    select 'colour' as option_name
),

-- The lines are read once, so that a consumer reads only the columns it needs.
final as (
    select
        order_lines.*,
        option_names.option_name,
        coalesce(
            case
                when option_names.option_name = 'size'
                    then variant_options.size
                else variant_options.colour
            end,
            '(none)'
        ) as option_value
    from order_lines
    cross join option_names
    left join variant_options
        on order_lines.variant_id = variant_options.variant_id
)

select *
from final
