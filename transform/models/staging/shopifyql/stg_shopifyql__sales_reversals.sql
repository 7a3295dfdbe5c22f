{{ config(enabled=var('sales_report_source') == 'shopifyql') }}

with source as (
    {{ raw_rows('shopifyql', 'sales') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(raw_text('order_id')) }} as order_id,
        -- numerics
        -{{ raw_money('total_sales_reversals') }} as reversed_amount,
        -- dates
        cast({{ raw_timestamp('day') }} as date) as reversed_on
    from source
)

select *
from renamed
where
    order_id is not null
    and reversed_on is not null
    and reversed_amount is not null
