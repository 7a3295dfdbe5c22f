{{ config(materialized='view') }}

with source as (
    {{ raw_rows('loop_returns', 'return_outcomes') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('return_id') }} as return_id,
        -- text
        lower({{ raw_text('outcome') }}) as outcome,
        lower({{ raw_text('evidence') }}) as outcome_evidence,
        upper({{ raw_text('currency') }}) as currency_code,
        -- numerics
        {{ raw_money_or_zero('amount') }} as outcome_amount,
        -- timestamps
        {{ raw_timestamp('processed_at') }} as processed_at,
        {{ raw_timestamp('return_updated_at') }} as return_updated_at
    from source
),

current_rows as (
    {{ current_return_rows('outcome') }}
)

select *
from current_rows
