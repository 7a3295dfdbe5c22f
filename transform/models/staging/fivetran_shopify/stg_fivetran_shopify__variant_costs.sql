{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

with variants as (
    select *
    from {{ ref('loop_returns', 'stg_fivetran_shopify__product_variants') }}
),

source as (
    {{ typed_rows('fivetran_shopify', 'inventory_item') }}
),

costs as (
    select
        {{ digits(typed_text('id')) }} as inventory_item_id,
        -- Older schemas call it cost.
        coalesce(
            {{ to_money(typed_text('unit_cost_amount')) }},
            {{ to_money(typed_text('cost')) }}
        ) as unit_cost_amount
    from source
),

final as (
    select
        variants.store_id,
        variants.variant_id,
        costs.unit_cost_amount
    from variants
    inner join costs
        on variants.inventory_item_id = costs.inventory_item_id
    where costs.unit_cost_amount is not null
)

select *
from final
