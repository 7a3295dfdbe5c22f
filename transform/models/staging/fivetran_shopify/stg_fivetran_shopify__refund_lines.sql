{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

with source as (
    {{ typed_rows('fivetran_shopify', 'order_line_refund') }}
),

refunds as (
    select *
    from {{ ref('loop_returns', 'stg_fivetran_shopify__refunds') }}
),

renamed as (
    select
        -- ids
        {{ digits(typed_text('id')) }} as refund_line_id,
        {{ digits(typed_text('refund_id')) }} as refund_id,
        {{ digits(typed_text('order_line_id')) }} as order_line_id,
        -- text
        lower({{ typed_text('restock_type') }}) as restock_type,
        -- numerics
        {{ to_integer(typed_text('quantity')) }} as quantity,
        coalesce(
            {{ to_money(typed_text('subtotal_set_shop_amount')) }},
            {{ to_money(typed_text('subtotal')) }}
        ) as subtotal_amount,
        coalesce(
            {{ to_money(typed_text('total_tax_set_shop_amount')) }},
            {{ to_money(typed_text('total_tax')) }}
        ) as tax_amount
    from source
    where {{ digits(typed_text('id')) }} is not null
),

final as (
    select
        refunds.store_id,
        renamed.refund_line_id,
        renamed.refund_id,
        refunds.order_id,
        renamed.order_line_id,
        renamed.restock_type,
        renamed.quantity,
        renamed.subtotal_amount,
        renamed.tax_amount
    from renamed
    inner join refunds
        on renamed.refund_id = refunds.refund_id
)

select *
from final
