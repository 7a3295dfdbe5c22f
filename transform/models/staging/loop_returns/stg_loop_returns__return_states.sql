{{ config(materialized='view') }}

with source as (
    {{ raw_versions('loop_returns', 'returns') }}
),

renamed as (
    select
        -- ids
        {{ raw_text('id') }} as return_id,
        -- text
        lower({{ raw_text('state') }}) as return_state,
        -- timestamps
        {{ raw_timestamp('updated_at') }} as return_updated_at,
        version_number
    from source
    where {{ raw_text('id') }} is not null
),

numbered as (
    select
        *,
        row_number() over (
            partition by return_id, return_state
            order by version_number
        ) as place
    from renamed
),

final as (
    select
        return_id,
        return_state,
        return_updated_at
    from numbered
    where place = 1
)

select *
from final
