{{ config(enabled=var('subscription_source') == 'stay_ai') }}

with source as (
    {{ raw_rows('stay_ai', 'orders') }}
),

raw_subscriptions as (
    {{ raw_rows('stay_ai', 'subscriptions') }}
),

subscriptions as (
    select distinct
        {{ raw_text('id') }} as subscription_id,
        {{ digits(raw_text('subscriptionId')) }} as subscription_contract_id
    from raw_subscriptions
    where
        {{ raw_text('id') }} is not null
        and {{ digits(raw_text('subscriptionId')) }} is not null
),

renamed as (
    select
        -- ids
        {{ digits(raw_text('orderId')) }} as order_id,
        {{ digits(raw_text('subscriptionId')) }} as subscription_contract_id,
        -- timestamps
        {{ raw_timestamp('createdAt') }} as processed_at
    from source
    where {{ digits(raw_text('orderId')) }} is not null
),

-- Stay AI does not mark the first order; it is the oldest of the contract.
final as (
    select
        'stay_ai' as subscription_source,
        {{ text_literal(var('store_id')) }} as store_id,
        renamed.order_id,
        coalesce(
            subscriptions.subscription_id, renamed.subscription_contract_id
        ) as subscription_id,
        case
            when row_number() over (
                partition by renamed.subscription_contract_id
                order by renamed.processed_at, renamed.order_id
            ) = 1 then 'first'
            else 'recurring'
        end as order_kind,
        renamed.processed_at
    from renamed
    left join subscriptions
        on
            renamed.subscription_contract_id
            = subscriptions.subscription_contract_id
)

select *
from final
