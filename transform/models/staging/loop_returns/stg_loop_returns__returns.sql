{{ incremental_by('return_id', strategy='merge') }}
{{ config(
    pre_hook="{{ delete_lost_rows(
        'loop_returns', 'returns', raw_text('id'), 'return_id'
    ) }}"
) }}

with source as (
    {{ raw_rows('loop_returns', 'returns') }}
),

changed as (
    {{ changed_rows(
        'loop_returns', 'returns', raw_text('id'), 'return_id'
    ) }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('id') }} as return_id,
        {{ digits(raw_text('provider_order_id')) }} as order_id,
        -- The returned order itself was not made to issue credit.
        nullif(
            {{ digits(raw_text('gift_card_order_id')) }},
            {{ digits(raw_text('provider_order_id')) }}
        ) as gift_card_order_id,
        {{ raw_text('destination_id') }} as destination_id,
        -- text
        {{ raw_text('order_name') }} as order_name,
        lower({{ raw_text('state') }}) as return_state,
        coalesce(lower({{ raw_text('type') }}), 'standard') as return_type,
        lower({{ raw_text('outcome') }}) as outcome_raw,
        {{ email_hash(raw_text('customer')) }} as customer_email_hash,
        {{ currency_code(raw_text('currency')) }} as currency_code,
        {{ currency_code(json_text(raw_json('presentment'), '$.currency')) }}
            as presentment_currency_code,
        {{ raw_text('carrier') }} as carrier,
        {{ raw_text('tracking_number') }} as tracking_number,
        lower({{ raw_text('label_status') }}) as label_status,
        upper({{ raw_text('origin_country_code') }}) as origin_country_code,
        lower({{ raw_text('return_method_type') }}) as return_method_type,
        -- numerics
        {{ raw_money_or_zero('return_total') }} as return_total,
        {{ raw_money_or_zero('return_product_total') }}
            as return_product_total,
        {{ raw_money_or_zero('return_discount_total') }}
            as return_discount_total,
        {{ raw_money_or_zero('return_tax_total') }} as return_tax_total,
        {{ raw_money_or_zero('refund') }} as refund_amount,
        {{ raw_money_or_zero('exchange_total') }} as exchange_total,
        {{ raw_money_or_zero('exchange_credit_total') }}
            as exchange_credit_amount,
        {{ raw_money_or_zero('gift_card') }} as gift_card_amount,
        {{ raw_money_or_zero('upsell') }} as upsell_amount,
        {{ raw_money_or_zero('handling_fee') }} as handling_fee,
        {{ raw_money_or_zero('refund_shipping_total') }}
            as refund_shipping_amount,
        {{ raw_money_or_zero('refund_shipping_tax_total') }}
            as refund_shipping_tax_amount,
        {{ raw_label_cost('label_rate') }} as header_label_cost,
        -- booleans
        coalesce({{ raw_boolean('multi_currency') }}, false)
            as is_multi_currency,
        {{ raw_boolean('was_processed') }} as was_processed,
        {{ staged_pass_through('returns') }}
        -- timestamps
        {{ raw_timestamp('created_at') }} as return_created_at,
        {{ raw_timestamp('updated_at') }} as return_updated_at,
        {{ raw_timestamp('edited_at') }} as return_edited_at,
        {{ raw_timestamp('label_updated_at') }} as label_updated_at,
        {{ raw_timestamp('return_processed_at') }} as return_processed_at,
        {{ raw_timestamp('refund_processed_at') }} as refund_processed_at,
        {{ raw_timestamp('gift_card_processed_at') }} as gift_card_processed_at,
        {{ raw_timestamp('exchange_processed_at') }} as exchange_processed_at,
        {{ raw_timestamp('shop_cash_processed_at') }} as shop_cash_processed_at
    from changed
    where {{ raw_text('id') }} is not null
),

versions as (
    select
        {{ raw_text('id') }} as return_id,
        row_version
    from changed
),

-- A return that is only sent again has a new version, but the same content.
final as (
    select
        renamed.*,
        {{ row_hash('renamed') }} as content_hash,
        versions.row_version
    from renamed
    inner join versions
        on renamed.return_id = versions.return_id
)

select *
from final
