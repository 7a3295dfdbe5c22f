{#
    The unit cost of each variant of a Shopify source, one row per variant with
    a cost. `rows` is SQL of the raw inventory items, `key` their id, `cost`
    their cost and `currency` its currency, if the source names it.
#}
{% macro variant_costs(source_name, rows, key, cost, currency='null') -%}
with variants as (
    select *
    from {{ ref('loop_returns', 'stg_' ~ source_name ~ '__product_variants') }}
),

source as (
    {{ rows }}
),

costs as (
    select
        {{ key }} as inventory_item_id,
        {{ cost }} as unit_cost_amount,
        cast({{ currency }} as {{ dbt.type_string() }}) as currency_code
    from source
),

final as (
    select
        variants.store_id,
        variants.variant_id,
        costs.unit_cost_amount,
        costs.currency_code
    from variants
    inner join costs
        on variants.inventory_item_id = costs.inventory_item_id
    where costs.unit_cost_amount is not null
)

select *
from final
{%- endmacro %}
