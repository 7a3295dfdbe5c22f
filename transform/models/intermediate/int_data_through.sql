with returns as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
),

audits as (
    select
        *,
        coalesce(updated_to, created_to, started_at) as read_to
    from {{ ref('loop_returns', 'stg_loop_returns__sync_audits') }}
    where stream_name = 'returns' and finished_at is not null
),

test_orders as (
    select
        store_id,
        order_id
    from orders
    where is_test
),

-- Shops try Loop on orders of their own long before shoppers use it.
returns_through as (
    select
        max(coalesce(returns.return_updated_at, returns.return_created_at))
            as returns_through_at,
        min(case
            when
                test_orders.order_id is null
                and coalesce(returns.return_state, '') <> 'cancelled'
                then returns.return_created_at
        end) as first_return_at
    from returns
    left join test_orders
        on
            returns.store_id = test_orders.store_id
            and returns.order_id = test_orders.order_id
),

orders_through as (
    select max(coalesce(updated_at, created_at)) as orders_through_at
    from orders
),

-- A sync read everything up to the end of its window, but not past its start.
audited as (
    select
        max(case when read_to < started_at then read_to else started_at end)
            as audited_through_at
    from audits
),

-- A sync that found no change also shows how far the returns reach.
reached as (
    select
        returns_through.first_return_at,
        returns_through.returns_through_at,
        orders_through.orders_through_at,
        case
            when
                audited.audited_through_at
                > returns_through.returns_through_at
                then audited.audited_through_at
            else returns_through.returns_through_at
        end as returns_reach_at
    from returns_through
    cross join orders_through
    cross join audited
),

-- The earlier of the two times; if one is missing, the other. Without orders,
-- only the newest return is known to be of the shop's own time.
older as (
    select
        *,
        case
            when orders_through_at is null then returns_through_at
            when orders_through_at < returns_reach_at then orders_through_at
            else coalesce(returns_reach_at, orders_through_at)
        end as data_through_at
    from reached
),

final as (
    select
        returns_through_at,
        orders_through_at,
        data_through_at,
        {% if var('data_through_date') -%}
        cast({{ text_literal(var('data_through_date')) }} as date)
        {%- else -%}
        {{ local_date('data_through_at') }}
        {%- endif %} as data_through_date,
        cast(
            {{ dbt.date_trunc('month', local_date('first_return_at')) }}
            as date
        ) as loop_period_start_date
    from older
)

select *
from final
