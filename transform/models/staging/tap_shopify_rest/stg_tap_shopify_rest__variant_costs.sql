{{ config(enabled=var('shopify_source') == 'tap_shopify_rest') }}

with variants as (
    select *
    from {{ ref('loop_returns', 'stg_tap_shopify_rest__product_variants') }}
),

source as (
    {{ raw_rows('tap_shopify_rest', 'inventory_items') }}
),

costs as (
    select
        {{ digits(raw_text('id')) }} as inventory_item_id,
        {{ raw_money('cost') }} as unit_cost_amount
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
