{{ incremental_by('order_id', on_bigquery='view') }}

with order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines') }}
    where {{ is_affected('order_id') }}
),

final as (
    select
        sm_order_key,
        order_id,
        {{ sum_of_units(
            'case when is_sold_line then quantity else 0 end'
        ) }} as sold_units,
        {{ sum_of_money(
            'case when is_sold_line then gross_amount else 0 end'
        ) }} as gross_amount,
        {{ sum_of_money(
            'case when is_sold_line then net_amount else 0 end'
        ) }} as net_amount,
        {{ built_at() }} as built_at
    from order_lines
    group by sm_order_key, order_id
)

select *
from final
