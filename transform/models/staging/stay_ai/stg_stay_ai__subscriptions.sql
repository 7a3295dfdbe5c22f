{{ config(enabled=var('subscription_source') == 'stay_ai') }}

with source as (
    {{ raw_rows('stay_ai', 'subscriptions') }}
),

subscription_lines as (
    select *
    from source
    {{ json_items(raw_json('lineItems'), 'line_items') }}
),

renamed as (
    select
        -- ids
        'stay_ai' as subscription_source,
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('id') }}
        || '-'
        || coalesce({{ json_text('item', '$.lineId') }}, '')
            as subscription_line_id,
        {{ raw_text('id') }} as subscription_id,
        {{ digits(raw_text('subscriptionId')) }} as subscription_contract_id,
        {{ raw_text('customerId') }} as subscription_customer_id,
        {{ digits(raw_text('customerId')) }} as customer_id,
        {{ digits(json_text('item', '$.shopifyProductId')) }} as product_id,
        {{ digits(json_text('item', '$.shopifyVariantId')) }} as variant_id,
        -- text
        {{ email_hash(raw_text('emailAddress')) }} as customer_email_hash,
        {{ json_text('item', '$.sku') }} as sku,
        lower({{ raw_text('status') }}) as status,
        {{ raw_text('cancellationReason') }} as cancellation_reason,
        lower({{ raw_text('orderIntervalUnit') }}) as interval_unit,
        upper({{ raw_text('currency') }}) as currency_code,
        -- numerics
        {{ to_integer(raw_text('orderIntervalFrequency')) }}
            as interval_count,
        {{ to_integer(json_text('item', '$.quantity')) }} as quantity,
        {{ to_money(json_text('item', '$.unitPrice')) }}
            as unit_price_amount,
        -- timestamps
        {{ raw_timestamp('createdAt') }} as created_at,
        coalesce(
            {{ raw_timestamp('cancelledAt') }},
            {{ raw_timestamp('churnedAt') }}
        ) as cancelled_at,
        {{ raw_timestamp('nextBillingDate') }} as next_charge_at
    from subscription_lines
    where {{ raw_text('id') }} is not null
)

select *
from renamed
