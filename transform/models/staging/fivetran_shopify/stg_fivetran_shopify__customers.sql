{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

with source as (
    {{ typed_rows('fivetran_shopify', 'customer') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(typed_text('id')) }} as customer_id,
        -- text
        {{ email_hash(typed_text('email')) }} as customer_email_hash,
        cast(null as {{ dbt.type_string() }}) as customer_tags,
        -- numerics
        {{ to_integer(typed_text('orders_count')) }} as lifetime_order_count,
        -- timestamps
        {{ to_timestamp(typed_text('created_at')) }} as created_at
    from source
    where
        {{ digits(typed_text('id')) }} is not null
        and coalesce(lower({{ typed_text('_fivetran_deleted') }}), 'false')
        <> 'true'
)

select *
from renamed
