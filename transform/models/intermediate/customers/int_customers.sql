{{ incremental_by('customer_id') }}

with orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where
        sm_customer_key is not null
        and {{ is_affected('customer_id') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by sm_customer_key
            order by order_processed_at, order_id
        ) as customer_order_index
    from orders
    where is_customer_order
),

final as (
    select
        sm_customer_key,
        customer_id,
        max(case when customer_order_index = 1 then sm_order_key end)
            as first_sm_order_key,
        max(case when customer_order_index = 1 then order_date end)
            as first_order_date,
        max(case when customer_order_index = 1 then utm_source_medium end)
            as acquisition_source_medium,
        max(case when customer_order_index = 1 then order_channel end)
            as acquisition_channel,
        max(case when customer_order_index = 1 then order_processed_at end)
            as first_order_at,
        max(order_date) as last_order_date,
        {{ built_at() }} as built_at
    from ranked
    group by sm_customer_key, customer_id
)

select *
from final
