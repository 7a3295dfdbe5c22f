{{ incremental_by('loop_return_id') }}

with return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where {{ is_affected('return_id') }}
),

final as (
    select
        -- ids
        return_id as loop_return_id,
        return_line_item_id as loop_line_item_id,
        store_id as sm_store_id,
        sm_order_key,
        sm_customer_key,
        sm_order_line_key,
        product_id,
        variant_id,
        exchange_variant_id,
        -- text
        sku,
        product_title,
        variant_title,
        product_category,
        parent_return_reason,
        return_reason,
        reason_group,
        return_comment,
        line_outcome_raw,
        line_outcome,
        outcome_group,
        line_link_method,
        return_state,
        return_order_role,
        condition_category,
        disposition_outcome,
        currency_code,
        -- numerics
        price_amount,
        discount_amount,
        tax_amount,
        net_amount,
        line_refund_amount,
        -- booleans
        is_counted_return,
        is_realised_return,
        is_warranty,
        is_exchange_line,
        is_merchandise,
        is_rate_unit,
        is_over_line_quantity,
        is_price_negative,
        is_reason_mapped,
        coalesce(is_kept, false) as is_kept,
        is_resold,
        -- dates
        return_date,
        return_month_date,
        root_order_date,
        root_order_month_date,
        -- timestamps
        returned_at,
        -- build
        {{ built_at() }} as built_at
    from return_lines
)

select *
from final
