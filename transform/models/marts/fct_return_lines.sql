{{ incremental_by('loop_return_id') }}
{{ config(
    pre_hook="{{ extend_contract() }}",
    post_hook='{{ update_variant_options() }}'
) }}

with return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where {{ is_affected('return_id') }}
),

variant_options as (
    select *
    from {{ ref('loop_returns', 'int_variant_options') }}
),

{{ pass_through_cte('return_line_items') }}
final as (
    select
        -- ids
        return_lines.return_id as loop_return_id,
        return_lines.return_line_item_id as loop_line_item_id,
        return_lines.store_id as sm_store_id,
        return_lines.sm_order_key,
        return_lines.sm_customer_key,
        return_lines.sm_order_line_key,
        return_lines.product_id,
        return_lines.variant_id,
        return_lines.exchange_variant_id,
        -- text
        return_lines.sku,
        return_lines.product_title,
        return_lines.variant_title,
        variant_options.size,
        variant_options.colour,
        return_lines.product_category,
        return_lines.vendor,
        return_lines.parent_return_reason,
        return_lines.return_reason,
        return_lines.reason_group,
        return_lines.return_comment,
        return_lines.line_outcome_raw,
        return_lines.line_outcome,
        return_lines.outcome_group,
        return_lines.line_link_method,
        return_lines.return_state,
        return_lines.return_order_role,
        return_lines.condition_category,
        return_lines.disposition_outcome,
        return_lines.restock_location_id,
        return_lines.currency_code,
        -- numerics
        return_lines.price_amount,
        return_lines.discount_amount,
        return_lines.tax_amount,
        return_lines.net_amount,
        return_lines.line_refund_amount,
        -- booleans
        return_lines.is_counted_return,
        return_lines.is_realised_return,
        return_lines.is_warranty,
        return_lines.is_exchange_line,
        return_lines.is_merchandise,
        return_lines.is_rate_unit,
        return_lines.is_over_line_quantity,
        return_lines.is_price_negative,
        return_lines.is_reason_mapped,
        coalesce(return_lines.is_kept, false) as is_kept,
        return_lines.is_resold,
        -- dates
        return_lines.return_date,
        return_lines.return_month_date,
        return_lines.root_order_date,
        return_lines.root_order_month_date,
        -- timestamps
        return_lines.returned_at,
        return_lines.inspected_at,
        {{ passed_through('return_line_items', 'staged', with_alias=true) }}
        -- build
        {{ built_at() }} as built_at
    from return_lines
    left join variant_options
        on return_lines.variant_id = variant_options.variant_id
    {{ pass_through_join('return_line_items', 'return_lines') }}
)

select *
from final
