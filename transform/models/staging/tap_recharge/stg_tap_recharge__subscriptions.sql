{{ config(enabled=var('subscription_source') == 'tap_recharge') }}

with source as (
    {{ raw_rows('tap_recharge', 'subscriptions') }}
),

customers as (
    select *
    from {{ ref('loop_returns', 'stg_tap_recharge__customers') }}
),

-- 3.x names the shop's ids in objects, 1.x in columns.
renamed as (
    select
        -- ids
        'recharge' as subscription_source,
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('id') }} as subscription_line_id,
        {{ raw_text('id') }} as subscription_id,
        {{ raw_text('customer_id') }} as subscription_customer_id,
        {{ digits('coalesce('
            ~ json_text(raw_json('external_product_id'), '$.ecommerce')
            ~ ', ' ~ raw_text('shopify_product_id') ~ ')') }} as product_id,
        {{ digits('coalesce('
            ~ json_text(raw_json('external_variant_id'), '$.ecommerce')
            ~ ', ' ~ raw_text('shopify_variant_id') ~ ')') }} as variant_id,
        -- text
        {{ raw_text('sku') }} as sku,
        lower({{ raw_text('status') }}) as status,
        {{ raw_text('cancellation_reason') }} as cancellation_reason,
        lower({{ raw_text('order_interval_unit') }}) as interval_unit,
        upper({{ raw_text('presentment_currency') }}) as currency_code,
        -- numerics
        {{ to_integer(raw_text('order_interval_frequency')) }}
            as interval_count,
        {{ to_integer(raw_text('quantity')) }} as quantity,
        {{ raw_money('price') }} as unit_price_amount,
        -- timestamps
        {{ raw_timestamp('created_at') }} as created_at,
        {{ raw_timestamp('cancelled_at') }} as cancelled_at,
        {{ raw_timestamp('next_charge_scheduled_at') }} as next_charge_at
    from source
    where {{ raw_text('id') }} is not null
),

final as (
    select
        renamed.*,
        cast(null as {{ dbt.type_string() }}) as subscription_contract_id,
        customers.customer_id,
        customers.customer_email_hash
    from renamed
    left join customers
        on
            renamed.subscription_customer_id
            = customers.subscription_customer_id
)

select *
from final
