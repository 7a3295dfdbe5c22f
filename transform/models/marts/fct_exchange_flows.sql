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

return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where
        is_counted_return
        and not is_warranty
        and not is_over_line_quantity
        and (return_order_role = 'exchange' or is_exchange_line)
        and {{ is_affected('return_id') }}
),

-- Whether the goods sent out were returned is known only where Loop names the
-- order that they are on. The first items of a variant are taken as returned.
returned as (
    select
        sm_order_key,
        variant_id,
        count(*) as returned_units
    from return_lines
    group by sm_order_key, variant_id
),

final as (
    select
        -- ids
        exchanges.loop_return_id,
        exchanges.loop_exchange_id,
        exchanges.sm_store_id,
        pairs.from_product_id,
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
        coalesce(row_number() over (
            partition by exchanges.exchange_sm_order_key, exchanges.variant_id
            order by exchanges.loop_return_id, exchanges.loop_exchange_id
        ) <= returned.returned_units, false) as is_returned_again,
        -- dates
        exchanges.return_date,
        -- build
        {{ built_at() }} as built_at
    from exchanges
    inner join pairs
        on
            exchanges.loop_return_id = pairs.return_id
            and exchanges.loop_exchange_id = pairs.exchange_id
    left join returned
        on
            exchanges.exchange_sm_order_key = returned.sm_order_key
            and exchanges.variant_id = returned.variant_id
)

select *
from final
