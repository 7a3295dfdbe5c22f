{{ incremental_by('order_id') }}

with recursive

links as (
    select *
    from {{ ref('loop_returns', 'int_exchange_orders_linked') }}
    where
        parent_sm_order_key is not null
        and {{ is_affected('order_id') }}
),

-- Starts at orders that are not exchanges and follows their exchange orders.
chains as (
    select
        links.sm_order_key,
        links.order_id,
        links.parent_sm_order_key as root_sm_order_key,
        1 as exchange_depth
    from links
    left join links as parent_links
        on links.parent_sm_order_key = parent_links.sm_order_key
    where parent_links.sm_order_key is null

    union all

    select
        links.sm_order_key,
        links.order_id,
        chains.root_sm_order_key,
        chains.exchange_depth + 1 as exchange_depth
    from chains
    inner join links
        on chains.sm_order_key = links.parent_sm_order_key
    where chains.exchange_depth < 20
),

final as (
    select
        sm_order_key,
        order_id,
        root_sm_order_key,
        exchange_depth,
        {{ built_at() }} as built_at
    from chains
)

select *
from final
