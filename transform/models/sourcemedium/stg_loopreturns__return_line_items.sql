{{ config(enabled=var('sourcemedium_views')) }}

with return_lines as (
    select *
    from {{ ref('loop_returns', 'fct_return_lines') }}
),

final as (
    select
        sm_store_id,
        loop_return_id,
        loop_line_item_id,
        sm_order_key,
        sku,
        exchange_variant_id,
        parent_return_reason,
        return_reason
    from return_lines
)

select *
from final
