with source as (
    {{ raw_rows('loop_returns', 'returns') }}
),

renamed as (
    select
        -- ids
        '{{ var("store_id") }}' as store_id,
        {{ raw_text('id') }} as return_id,
        {{ raw_text('order_id') }} as loop_order_id,
        {{ digits(raw_text('provider_order_id')) }} as order_id,
        {{ digits(raw_text('gift_card_order_id')) }} as gift_card_order_id,
        {{ raw_text('destination_id') }} as destination_id,
        -- text
        {{ raw_text('order_name') }} as order_name,
        lower({{ raw_text('state') }}) as return_state,
        coalesce(lower({{ raw_text('type') }}), 'standard') as return_type,
        lower({{ raw_text('outcome') }}) as outcome_raw,
        {{ email_hash(raw_text('customer')) }} as customer_email_hash,
        upper({{ raw_text('currency') }}) as currency_code,
        upper({{ json_text(raw_json('presentment'), '$.currency') }})
            as presentment_currency_code,
        {{ raw_text('carrier') }} as carrier,
        {{ raw_text('tracking_number') }} as tracking_number,
        lower({{ raw_text('label_status') }}) as label_status,
        upper({{ raw_text('origin_country_code') }}) as origin_country_code,
        lower({{ raw_text('return_method_type') }}) as return_method_type,
        -- numerics
        coalesce({{ raw_money('return_total') }}, 0) as return_total,
        coalesce({{ raw_money('return_product_total') }}, 0)
            as return_product_total,
        coalesce({{ raw_money('return_discount_total') }}, 0)
            as return_discount_total,
        coalesce({{ raw_money('return_tax_total') }}, 0) as return_tax_total,
        coalesce({{ raw_money('refund') }}, 0) as refund_amount,
        coalesce({{ raw_money('exchange_total') }}, 0) as exchange_total,
        coalesce({{ raw_money('exchange_credit_total') }}, 0)
            as exchange_credit_amount,
        coalesce({{ raw_money('gift_card') }}, 0) as gift_card_amount,
        coalesce({{ raw_money('upsell') }}, 0) as upsell_amount,
        coalesce({{ raw_money('handling_fee') }}, 0) as handling_fee,
        coalesce({{ raw_money('refund_shipping_total') }}, 0)
            as refund_shipping_amount,
        {{ raw_label_cost('label_rate') }} as header_label_cost,
        -- booleans
        coalesce({{ raw_boolean('multi_currency') }}, false)
            as is_multi_currency,
        {{ raw_boolean('was_processed') }} as was_processed,
        -- timestamps
        {{ raw_timestamp('created_at') }} as return_created_at,
        {{ raw_timestamp('updated_at') }} as return_updated_at,
        {{ raw_timestamp('edited_at') }} as return_edited_at,
        {{ raw_timestamp('return_processed_at') }} as return_processed_at,
        {{ raw_timestamp('refund_processed_at') }} as refund_processed_at,
        {{ raw_timestamp('gift_card_processed_at') }} as gift_card_processed_at,
        {{ raw_timestamp('exchange_processed_at') }} as exchange_processed_at,
        {{ raw_timestamp('shop_cash_processed_at') }} as shop_cash_processed_at
    from source
    where {{ raw_text('id') }} is not null
)

select *
from renamed
