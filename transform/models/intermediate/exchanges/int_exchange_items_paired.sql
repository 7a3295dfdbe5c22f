{{ incremental_by('return_id') }}

with exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    where {{ is_affected('return_id') }}
),

return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where
        line_outcome in ('exchange', 'unresolved')
        and {{ is_affected('return_id') }}
),

numbered_items as (
    select
        return_id,
        exchange_id,
        variant_id,
        row_number() over (
            partition by return_id, variant_id
            order by exchange_id
        ) as variant_position,
        count(*) over (partition by return_id) as item_count
    from exchanges
),

-- Loop states the replacement variant of a returned unit only if both are of
-- the same product.
numbered_lines as (
    select
        return_id,
        variant_id,
        product_id,
        sku,
        product_title,
        product_category,
        exchange_variant_id,
        row_number() over (
            partition by return_id, exchange_variant_id
            order by return_line_item_id
        ) as variant_position,
        count(*) over (partition by return_id) as line_count
    from return_lines
),

lone_lines as (
    select *
    from numbered_lines
    where line_count = 1
),

final as (
    select
        numbered_items.return_id,
        numbered_items.exchange_id,
        coalesce(named.variant_id, alone.variant_id) as from_variant_id,
        coalesce(named.product_id, alone.product_id) as from_product_id,
        coalesce(named.sku, alone.sku) as from_sku,
        coalesce(named.product_title, alone.product_title)
            as from_product_title,
        coalesce(named.product_category, alone.product_category)
            as from_product_category,
        case
            when named.return_id is not null then 'named by the unit'
            when alone.return_id is not null then 'only unit and item'
            else 'not paired'
        end as pairing,
        {{ built_at() }} as built_at
    from numbered_items
    left join numbered_lines as named
        on
            numbered_items.return_id = named.return_id
            and numbered_items.variant_id = named.exchange_variant_id
            and numbered_items.variant_position = named.variant_position
    -- Both counts are one. Comparing them with each other avoids a condition on
    -- one side, which would make DuckDB compare every item with every line.
    left join lone_lines as alone
        on
            numbered_items.return_id = alone.return_id
            and numbered_items.item_count = alone.line_count
)

select *
from final
