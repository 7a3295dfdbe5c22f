with returns as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
),

returns_through as (
    select
        max(coalesce(return_updated_at, return_created_at))
            as returns_through_at,
        min(return_created_at) as first_return_at
    from returns
),

orders_through as (
    select max(coalesce(updated_at, created_at)) as orders_through_at
    from orders
),

-- The earlier of the two times; if one is missing, the other.
older as (
    select
        returns_through.first_return_at,
        returns_through.returns_through_at,
        orders_through.orders_through_at,
        case
            when
                orders_through.orders_through_at
                < returns_through.returns_through_at
                then orders_through.orders_through_at
            else coalesce(
                returns_through.returns_through_at,
                orders_through.orders_through_at
            )
        end as data_through_at
    from returns_through
    cross join orders_through
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
