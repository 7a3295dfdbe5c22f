{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

with source as (
    {{ typed_rows('fivetran_shopify', 'transaction') }}
),

renamed as (
    select
        -- ids
        '{{ var("store_id") }}' as store_id,
        {{ digits(typed_text('id')) }} as payment_id,
        {{ digits(typed_text('order_id')) }} as order_id,
        -- text
        lower({{ typed_text('kind') }}) as payment_kind,
        lower({{ typed_text('status') }}) as payment_status,
        lower({{ typed_text('gateway') }}) as gateway,
        -- numerics
        coalesce({{ to_money(typed_text('amount')) }}, 0) as amount,
        -- timestamps
        {{ to_timestamp(typed_text('created_at')) }} as created_at,
        -- load metadata
        cast(null as {{ dbt.type_timestamp() }}) as built_at
    from source
    where
        {{ digits(typed_text('id')) }} is not null
        and coalesce(lower({{ typed_text('_fivetran_deleted') }}), 'false')
        <> 'true'
)

select *
from renamed
