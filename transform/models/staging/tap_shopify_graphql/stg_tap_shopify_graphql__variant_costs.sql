{{ config(enabled=var('shopify_source') == 'tap_shopify_graphql') }}

with variants as (
    select *
    from {{ ref('loop_returns', 'stg_tap_shopify_graphql__product_variants') }}
),

source as (
    {{ raw_rows('tap_shopify_graphql', 'inventory_items') }}
),

costs as (
    select
        {{ digits(raw_text('id')) }} as inventory_item_id,
        {{ to_money(json_text(raw_json('unitCost'), '$.amount')) }}
            as unit_cost_amount
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
