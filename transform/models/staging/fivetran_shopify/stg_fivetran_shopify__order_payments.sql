{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

with source as (
    {{ typed_rows('fivetran_shopify', 'transaction') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(typed_text('id')) }} as payment_id,
        {{ digits(typed_text('order_id')) }} as order_id,
        {{ digits(typed_text('refund_id')) }} as refund_id,
        -- text
        lower({{ typed_text('kind') }}) as payment_kind,
        lower({{ typed_text('status') }}) as payment_status,
        lower({{ typed_text('gateway') }}) as gateway,
        {{ currency_code(typed_text('currency')) }} as paid_currency_code,
        -- The schema named graphql gives the amount in the shop's currency; the
        -- other schema gives it in the currency exchange.
        case
            when {{ typed_text('amount_set_shop_amount') }} is null
                then {{ currency_code(
                    typed_text('currency_exchange_currency')
                ) }}
        end as shop_currency_code,
        -- numerics
        {{ to_money(typed_text('amount')) }} as paid_amount,
        coalesce(
            {{ to_money(typed_text('amount_set_shop_amount')) }},
            {{ to_money(typed_text('currency_exchange_final_amount')) }}
        ) as shop_amount,
        -- timestamps
        {{ to_timestamp(typed_text('created_at')) }} as created_at,
        -- load metadata
        cast(null as {{ dbt.type_timestamp() }}) as built_at
    from source
    where {{ digits(typed_text('id')) }} is not null
)

select *
from renamed
