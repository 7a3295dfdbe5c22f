{{ config(enabled=var('subscription_source') == 'tap_recharge') }}

with source as (
    {{ raw_rows('tap_recharge', 'customers') }}
),

-- 3.x names the shop's id in an object, 1.x in a column.
renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('id') }} as subscription_customer_id,
        {{ digits('coalesce('
            ~ json_text(raw_json('external_customer_id'), '$.ecommerce')
            ~ ', ' ~ raw_text('shopify_customer_id') ~ ')') }}
            as customer_id,
        -- text
        {{ email_hash(raw_text('email')) }} as customer_email_hash
    from source
    where {{ raw_text('id') }} is not null
)

select *
from renamed
