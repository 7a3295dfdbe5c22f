{{ config(materialized='view') }}

with source as (
    {{ raw_versions('loop_returns', 'return_labels') }}
),

renamed as (
    select
        -- ids
        {{ raw_text('return_id') }} as return_id,
        {{ to_integer(raw_text('label_position')) }} as label_position,
        -- text
        lower({{ raw_text('status') }}) as label_status,
        -- timestamps
        {{ raw_timestamp('updated_at') }} as label_updated_at,
        version_number
    from source
    where
        {{ raw_text('return_id') }} is not null
        and {{ raw_text('label_position') }} is not null
),

numbered as (
    select
        *,
        row_number() over (
            partition by return_id, label_position, label_status
            order by version_number
        ) as place
    from renamed
),

final as (
    select
        return_id,
        label_position,
        label_status,
        label_updated_at
    from numbered
    where place = 1
)

select *
from final
