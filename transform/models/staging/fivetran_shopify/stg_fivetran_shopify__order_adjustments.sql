{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

with source as (
    {{ typed_rows('fivetran_shopify', 'order_adjustment') }}
),

refunds as (
    select *
    from {{ ref('loop_returns', 'stg_fivetran_shopify__refunds') }}
),

renamed as (
    select
        -- ids
        {{ digits(typed_text('id')) }} as adjustment_id,
        {{ digits(typed_text('refund_id')) }} as refund_id,
        -- text
        replace(
            lower(coalesce(
                {{ typed_text('kind') }}, {{ typed_text('reason') }}
            )),
            ' ', '_'
        ) as adjustment_reason,
        -- numerics
        coalesce(
            {{ to_money(typed_text('amount_set_shop_amount')) }},
            {{ to_money(typed_text('amount')) }}
        ) as amount,
        coalesce(
            {{ to_money(typed_text('tax_amount_set_shop_amount')) }},
            {{ to_money(typed_text('tax_amount')) }}
        ) as tax_amount
    from source
    where {{ digits(typed_text('id')) }} is not null
),

final as (
    select
        refunds.store_id,
        renamed.adjustment_id,
        renamed.refund_id,
        refunds.order_id,
        renamed.adjustment_reason,
        renamed.amount,
        renamed.tax_amount
    from renamed
    inner join refunds
        on renamed.refund_id = refunds.refund_id
)

select *
from final
