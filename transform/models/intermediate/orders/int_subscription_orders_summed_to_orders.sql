{{ config(materialized='view') }}

with subscription_orders as (
    select *
    from {{ ref('loop_returns', 'stg_subscription_orders') }}
),

-- An order that starts a subscription was placed by the customer, even if it
-- also renews another one; only renewals are placed automatically.
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
