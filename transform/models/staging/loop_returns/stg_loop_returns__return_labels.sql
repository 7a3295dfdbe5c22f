with source as (
    {{ raw_rows(
        'loop_returns', 'return_labels'
    ) }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('return_id') }} as return_id,
        {{ to_integer(raw_text('label_position')) }} as label_position,
        -- text
        lower({{ raw_text('status') }}) as label_status,
        {{ raw_text('carrier') }} as carrier,
        {{ raw_text('tracking_number') }} as tracking_number,
        -- numerics
        {{ raw_label_cost('rate') }} as label_cost,
        -- timestamps
        {{ raw_timestamp('updated_at') }} as label_updated_at,
        {{ raw_timestamp('return_updated_at') }} as return_updated_at
    from source
),

current_rows as (
    {{ current_return_rows('label_position') }}
)

select *
from current_rows
