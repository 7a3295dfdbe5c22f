{{ config(materialized='view') }}

with subscription_orders as (
    select *
    from {{ ref('loop_returns', 'stg_subscription_orders') }}
),

-- The customer placed an order that starts a subscription; renewals are placed
-- automatically.
final as (
    select
        {{ sm_key('store_id', 'order_id') }} as sm_order_key,
        {{ count_if("order_kind = 'first'") }} = 0
        and {{ count_if("order_kind = 'recurring'") }} > 0
            as is_recurring_subscription_order
    from subscription_orders
    where order_id is not null
    group by store_id, order_id
)

select *
from final
