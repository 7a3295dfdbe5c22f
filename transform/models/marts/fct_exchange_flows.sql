{{ incremental_by('loop_return_id') }}

with exchanges as (
    select *
    from {{ ref('loop_returns', 'fct_return_exchanges') }}
    where
        is_counted_return
        and {{ is_affected('loop_return_id') }}
),

pairs as (
    select *
    from {{ ref('loop_returns', 'int_exchange_items_paired') }}
    where {{ is_affected('return_id') }}
),

exchange_lines as (
    select *
    from {{ ref('loop_returns', 'int_exchange_lines_returned') }}
    where {{ is_affected('order_id') }}
),

-- Whether the goods sent out were returned is known only for a separate
-- exchange order.
returned_orders as (
    select
        sm_order_key,
        variant_id,
        sum(returned_units) as returned_units
    from exchange_lines
    group by sm_order_key, variant_id
),

final as (
    select
        -- ids
        exchanges.loop_return_id,
        exchanges.loop_exchange_id,
        exchanges.sm_store_id,
        pairs.from_variant_id,
        exchanges.variant_id as to_variant_id,
        -- text
        pairs.from_sku,
        pairs.from_product_title,
        pairs.from_product_category,
        exchanges.sku as to_sku,
        exchanges.product_title as to_product_title,
        exchanges.exchange_order_name,
        case
            when pairs.pairing = 'not paired' then 'not paired'
            when pairs.from_variant_id = exchanges.variant_id
                then 'same variant'
            when pairs.from_product_id = exchanges.product_id
                then 'other variant'
            else 'other product'
        end as flow_kind,
        -- booleans
        coalesce(returned_orders.returned_units, 0) > 0 as is_returned_again,
        -- dates
        exchanges.return_date,
        -- build
        {{ built_at() }} as built_at
    from exchanges
    inner join pairs
        on
            exchanges.loop_return_id = pairs.return_id
            and exchanges.loop_exchange_id = pairs.exchange_id
    left join returned_orders
        on
            exchanges.exchange_sm_order_key = returned_orders.sm_order_key
            and exchanges.variant_id = returned_orders.variant_id
)

select *
from final
