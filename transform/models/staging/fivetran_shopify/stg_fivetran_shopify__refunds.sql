{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

with source as (
    {{ typed_rows('fivetran_shopify', 'refund') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(typed_text('id')) }} as refund_id,
        {{ digits(typed_text('order_id')) }} as order_id,
        -- numerics
        {{ to_money(typed_text('total_refunded_set_shop_amount')) }}
            as refund_amount,
        -- timestamps
        {{ to_timestamp(typed_text('created_at')) }} as created_at
    from source
    where {{ digits(typed_text('id')) }} is not null
)

select *
from renamed
