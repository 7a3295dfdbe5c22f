{{ config(materialized='view') }}

with order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines_returned') }}
),

variant_options as (
    select *
    from {{ ref('loop_returns', 'int_variant_options') }}
),

final as (
    {% for option in ['size', 'colour'] -%}
    select
        order_lines.*,
        '{{ option }}' as option_name,
        coalesce(variant_options.{{ option }}, '(none)') as option_value
    from order_lines
    left join variant_options
        on order_lines.variant_id = variant_options.variant_id
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
)

select *
from final
