{{ incremental_by('return_id') }}

with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where
        sm_customer_key is not null
        and {{ is_affected('return_id') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where
        sm_customer_key is not null
        and is_customer_order
        and {{ is_affected('customer_id') }}
),

moments as (
    select
        sm_customer_key,
        cast(null as {{ dbt.type_string() }}) as return_id,
        order_processed_at as happened_at,
        1 as order_count
    from orders
    union all
    select
        sm_customer_key,
        return_id,
        return_created_at as happened_at,
        0 as order_count
    from returns
),

counted as (
    select
        return_id,
        sum(order_count) over (
            partition by sm_customer_key
            order by happened_at asc, order_count desc
            rows between unbounded preceding and current row
        ) as customer_order_index
    from moments
),

final as (
    select
        return_id,
        cast(customer_order_index as {{ dbt.type_bigint() }})
            as customer_order_index,
        {{ built_at() }} as built_at
    from counted
    where return_id is not null
)

select *
from final
