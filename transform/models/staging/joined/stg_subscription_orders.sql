{% if var('subscription_source') == 'tags' %}

-- Subscription apps tag the orders they place in Shopify.
with orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
),

final as (
    select
        'tags' as subscription_source,
        store_id,
        order_id,
        cast(null as {{ dbt.type_string() }}) as subscription_id,
        case
            when order_tags like '%,subscription recurring order,%'
                then 'recurring'
            when order_tags like '%,subscription first order,%' then 'first'
            else 'unknown'
        end as order_kind,
        processed_at
    from orders
    where order_tags like '%,subscription,%'
)

select *
from final

{% else %}

{{ adapter_rows(var('subscription_source'), 'subscription_orders', {
    'subscription_source': dbt.type_string(),
    'store_id': dbt.type_string(),
    'order_id': dbt.type_string(),
    'subscription_id': dbt.type_string(),
    'order_kind': dbt.type_string(),
    'processed_at': dbt.type_timestamp()
}) }}

{% endif %}
