{{ incremental_by('order_id') }}

with exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    where {{ is_affected('return_id') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
    where {{ is_affected('return_id') }}
),

returns_matched as (
    select *
    from {{ ref('loop_returns', 'int_returns_matched_to_orders') }}
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

linked_by_id as (
    select
        store_id,
        exchange_order_id as order_id,
        return_id,
        1 as link_rank
    from exchanges
    where exchange_order_id is not null
),

linked_by_name as (
    select
        exchanges.store_id,
        orders_by_name.order_id,
        exchanges.return_id,
        2 as link_rank
    from exchanges
    inner join orders_by_name
        on
            exchanges.store_id = orders_by_name.store_id
            and exchanges.exchange_order_name = orders_by_name.order_name
    where exchanges.exchange_order_id is null
),

links as (
    select * from linked_by_id
    union all
    select * from linked_by_name
),

-- Each exchange order gets one return: the one with the best kind of link, then
-- the oldest.
ranked as (
    select
        links.store_id,
        links.order_id,
        links.return_id,
        links.link_rank,
        returns_matched.order_id as parent_order_id,
        row_number() over (
            partition by links.store_id, links.order_id
            order by
                links.link_rank,
                returns.return_created_at,
                links.return_id
        ) as position
    from links
    inner join returns
        on links.return_id = returns.return_id
    inner join returns_matched
        on links.return_id = returns_matched.return_id
    -- If Loop names the returned order itself as the exchange order, the
    -- exchange is native and is not linked here.
    where coalesce(links.order_id <> returns_matched.order_id, true)
),

loop_links as (
    select
        store_id,
        order_id,
        return_id as exchange_return_id,
        parent_order_id,
        case link_rank when 1 then 'order_id' else 'order_name' end
            as link_method
    from ranked
    where position = 1
),

prefixed as (
    select
        store_id,
        order_id,
        {{ name_after_exchange_prefix('order_name') }} as parent_name,
        {{ name_after_exchange_prefix('order_name', without_counter=true) }}
            as parent_name_without_counter
    from orders
),

-- The name of the original order may end in a hyphen and digits itself, so the
-- rest of the name is tried first with them, then without.
parent_names as (
    {% for name in ['parent_name', 'parent_name_without_counter'] -%}
    {% set outer = loop -%}
    {% for sign in ["'#' || ", ""] -%}
    select
        store_id,
        order_id,
        {{ sign }}{{ name }} as parent_name,
        {{ outer.index * 2 + loop.index }} as name_rank
    from prefixed
    where {{ name }} is not null
    {{ "union all" if not (loop.last and outer.last) }}
    {% endfor -%}
    {% endfor -%}
),

prefixed_parents as (
    select
        parent_names.store_id,
        parent_names.order_id,
        orders_by_name.order_id as parent_order_id,
        row_number() over (
            partition by parent_names.store_id, parent_names.order_id
            order by parent_names.name_rank
        ) as position
    from parent_names
    inner join orders_by_name
        on
            parent_names.store_id = orders_by_name.store_id
            and parent_names.parent_name = orders_by_name.order_name
),

-- Exchange orders that are recognised only by their name.
prefix_links as (
    select
        prefixed.store_id,
        prefixed.order_id,
        cast(null as {{ dbt.type_string() }}) as exchange_return_id,
        prefixed_parents.parent_order_id,
        'name_prefix' as link_method
    from prefixed
    left join loop_links
        on
            prefixed.store_id = loop_links.store_id
            and prefixed.order_id = loop_links.order_id
    left join prefixed_parents
        on
            prefixed.store_id = prefixed_parents.store_id
            and prefixed.order_id = prefixed_parents.order_id
            and prefixed_parents.position = 1
    where
        prefixed.parent_name is not null
        and loop_links.order_id is null
),

all_links as (
    select * from loop_links
    union all
    select * from prefix_links
),

final as (
    select
        {{ sm_key('store_id', 'order_id') }} as sm_order_key,
        order_id,
        exchange_return_id,
        {{ sm_key('store_id', 'parent_order_id') }} as parent_sm_order_key,
        link_method,
        {{ built_at() }} as built_at
    from all_links
)

select *
from final
