{{ incremental_by('return_id') }}

with returns as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
    where {{ is_affected('return_id') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
    where {{ is_affected('order_id') }}
),

orders_by_name as (
    {{ orders_by_name() }}
),

matched as (
    select
        returns.store_id,
        returns.return_id,
        coalesce(orders.order_id, orders_by_name.order_id) as order_id,
        case
            when orders.order_id is not null then 'order_id'
            when orders_by_name.order_id is not null then 'order_name'
            else 'none'
        end as match_method
    from returns
    left join orders
        on
            returns.store_id = orders.store_id
            and returns.order_id = orders.order_id
    left join orders_by_name
        on
            returns.store_id = orders_by_name.store_id
            -- An id that no order has names an order that is not loaded. As a
            -- condition of its own, `order_id is null` would make DuckDB
            -- compare all returns with all orders.
            and case when returns.order_id is null then returns.order_name end
            = orders_by_name.order_name
),

final as (
    select
        store_id,
        return_id,
        order_id,
        {{ sm_key('store_id', 'order_id') }} as sm_order_key,
        match_method,
        {{ built_at() }} as built_at
    from matched
)

select *
from final
