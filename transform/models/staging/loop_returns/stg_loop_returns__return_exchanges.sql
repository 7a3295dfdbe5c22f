with source as (
    {{ raw_rows(
        'loop_returns', 'return_exchanges'
    ) }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('return_id') }} as return_id,
        {{ raw_text('exchange_id') }} as exchange_id,
        {{ digits(raw_text('exchange_order_id')) }} as exchange_order_id,
        {{ digits(raw_text('product_id')) }} as product_id,
        {{ digits(raw_text('variant_id')) }} as variant_id,
        -- text
        {{ raw_text('exchange_order_name') }} as exchange_order_name,
        {{ raw_text('sku') }} as sku,
        {{ raw_text('title') }} as product_title,
        -- numerics
        {{ raw_money_or_zero('price') }} as price_amount,
        {{ raw_money_or_zero('discount') }} as discount_amount,
        {{ raw_money_or_zero('tax') }} as tax_amount,
        {{ raw_money_or_zero('total') }} as total_amount,
        -- booleans
        coalesce({{ raw_boolean('out_of_stock') }}, false) as is_out_of_stock,
        -- timestamps
        {{ raw_timestamp('return_updated_at') }} as return_updated_at
    from source
),

current_rows as (
    {{ current_return_rows('exchange_id') }}
)

select *
from current_rows
