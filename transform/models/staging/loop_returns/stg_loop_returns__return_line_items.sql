with source as (
    {{ raw_rows(
        'loop_returns', 'return_line_items'
    ) }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('return_id') }} as return_id,
        {{ raw_text('line_item_id') }} as return_line_item_id,
        {{ digits(raw_text('provider_line_item_id')) }} as order_line_id,
        {{ digits(raw_text('product_id')) }} as product_id,
        {{ digits(raw_text('variant_id')) }} as variant_id,
        {{ digits(raw_text('exchange_variant')) }} as exchange_variant_id,
        -- text
        {{ raw_text('sku') }} as sku,
        {{ raw_text('title') }} as product_title,
        lower({{ raw_text('outcome') }}) as line_outcome_raw,
        -- A reason without a parent is a first-level reason itself.
        coalesce(
            {{ raw_text('parent_return_reason') }},
            {{ raw_text('return_reason') }}
        ) as parent_return_reason,
        {{ raw_text('return_reason') }} as return_reason,
        {{ raw_text('return_comment') }} as return_comment,
        lower({{ raw_text('condition_category') }}) as condition_category,
        lower({{ raw_text('disposition_outcome') }}) as disposition_outcome,
        {{ digits(raw_text('provider_restock_location_id')) }}
            as restock_location_id,
        -- numerics
        {{ raw_money_or_zero('price') }} as price_amount,
        {{ raw_money_or_zero('discount') }} as discount_amount,
        {{ raw_money_or_zero('tax') }} as tax_amount,
        {{ raw_money_or_zero('refund') }} as line_refund_amount,
        {{ staged_pass_through('return_line_items') }}
        -- timestamps
        {{ raw_timestamp('returned_at') }} as returned_at,
        {{ raw_timestamp('condition_inspected_at') }} as inspected_at,
        {{ raw_timestamp('return_updated_at') }} as return_updated_at
    from source
),

current_rows as (
    {{ current_return_rows('return_line_item_id') }}
)

select *
from current_rows
