{{ config(enabled=var('subscription_source') == 'tap_recharge') }}

with source as (
    select *
    from {{ newest_rows(source('tap_recharge', 'customers'), ['id']) }}
),

renamed as (
    select
        -- ids
        '{{ var("store_id") }}' as store_id,
        {{ raw_text('id') }} as subscription_customer_id,
        {{ digits(json_text(
            raw_json('external_customer_id'), '$.ecommerce'
        )) }} as customer_id
    from source
    where {{ raw_text('id') }} is not null
)

select *
from renamed
