with order_lines as (
    select *
    from {{ ref('int_order_lines') }}
),

final as (
    select
        sm_order_key,
        sum(case when is_sold_line then quantity else 0 end) as sold_units,
        sum(case when is_sold_line then gross_amount else 0 end)
            as gross_amount,
        sum(case when is_sold_line then net_amount else 0 end) as net_amount
    from order_lines
    group by sm_order_key
)

select *
from final
