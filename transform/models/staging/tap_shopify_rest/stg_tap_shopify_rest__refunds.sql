{{ config(enabled=var('shopify_source') == 'tap_shopify_rest') }}

with source as (
    {{ raw_rows('tap_shopify_rest', 'orders') }}
),

refunds as (
    select
        {{ digits(raw_text('id')) }} as order_id,
        {{ currency_code(raw_text('currency')) }} as currency_code,
        {{ currency_code(raw_text('presentment_currency')) }}
            as presentment_currency_code,
        {{ raw_money('total_price') }} as total_amount,
        {{ to_money(json_text(
            raw_json('total_price_set'), '$.presentment_money.amount'
        )) }} as presentment_total_amount,
        item as refund
    from {{ json_items('source', raw_json('refunds')) }}
),

payments as (
    select
        order_id,
        {{ digits(json_text('refund', '$.id')) }} as refund_id,
        {{ in_shop_currency(
            paid_amount=to_money(json_text('item', '$.amount')),
            paid_currency_code='upper(' ~ json_text('item', '$.currency') ~ ')',
            shop_amount=to_money(json_text(
                'item', '$.currency_exchange_adjustment.final_amount'
            )),
            shop_currency_code='upper(' ~ json_text(
                'item', '$.currency_exchange_adjustment.currency'
            ) ~ ')',
            order_currency_code='currency_code',
            order_total='total_amount',
            order_presentment_currency_code='presentment_currency_code',
            order_presentment_total='presentment_total_amount'
        ) }} as amount
    from {{ json_items('refunds', json_part('refund', '$.transactions')) }}
    where
        lower({{ json_text('item', '$.status') }}) = 'success'
        and lower({{ json_text('item', '$.kind') }}) = 'refund'
),

-- Failed and pending payments do not count; if one amount is unknown, the sum
-- is null.
paid as (
    select
        order_id,
        refund_id,
        case
            when count(*) = count(amount) then {{ sum_of_money('amount') }}
        end as refund_amount
    from payments
    group by order_id, refund_id
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(json_text('refund', '$.id')) }} as refund_id,
        order_id,
        -- timestamps
        {{ to_timestamp(json_text('refund', '$.created_at')) }} as created_at
    from refunds
    where {{ digits(json_text('refund', '$.id')) }} is not null
),

final as (
    select
        renamed.store_id,
        renamed.refund_id,
        renamed.order_id,
        paid.refund_amount,
        renamed.created_at
    from renamed
    left join paid
        on
            renamed.order_id = paid.order_id
            and renamed.refund_id = paid.refund_id
)

select *
from final
