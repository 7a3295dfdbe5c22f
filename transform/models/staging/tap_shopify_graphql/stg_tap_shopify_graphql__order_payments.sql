{{ incremental_by('payment_id', strategy='merge') }}
{{ config(
    enabled=var('shopify_source') == 'tap_shopify_graphql',
    pre_hook="{{ delete_lost_rows(
        'tap_shopify_graphql', 'transactions', digits(raw_text('id')),
        'payment_id', 'order_id'
    ) }}"
) }}

with source as (
    {{ raw_rows('tap_shopify_graphql', 'transactions') }}
),

changed as (
    {{ changed_rows(
        'tap_shopify_graphql', 'transactions', digits(raw_text('id')), 'payment_id'
    ) }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(raw_text('id')) }} as payment_id,
        {{ digits(json_text(raw_json('order'), '$.id')) }} as order_id,
        -- Payments do not name their refund, and refunds do not name their
        -- payments.
        cast(null as {{ dbt.type_string() }}) as refund_id,
        -- text
        lower({{ raw_text('kind') }}) as payment_kind,
        lower({{ raw_text('status') }}) as payment_status,
        lower({{ raw_text('gateway') }}) as gateway,
        upper({{ json_text(
            raw_json('amountSet'), '$.presentmentMoney.currencyCode'
        ) }}) as paid_currency_code,
        cast(null as {{ dbt.type_string() }}) as shop_currency_code,
        -- numerics
        {{ to_money(json_text(
            raw_json('amountSet'), '$.presentmentMoney.amount'
        )) }} as paid_amount,
        {{ to_money(json_text(
            raw_json('amountSet'), '$.shopMoney.amount'
        )) }} as shop_amount,
        -- timestamps
        {{ raw_timestamp('createdAt') }} as created_at,
        -- load metadata
        row_version,
        {{ built_at() }} as built_at
    from changed
    where {{ digits(raw_text('id')) }} is not null
)

select *
from renamed
