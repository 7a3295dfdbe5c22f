{{ config(materialized='view') }}

with source as (
    {{ raw_rows('loop_returns', 'destinations') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('id') }} as destination_id,
        {{ digits(raw_text('provider_location_id')) }} as location_id,
        -- text
        {{ raw_text('name') }} as destination_name,
        lower({{ raw_text('type') }}) as destination_type,
        {{ raw_text('city') }} as city,
        {{ raw_text('state') }} as region,
        upper({{ raw_text('country_code') }}) as country_code,
        -- booleans
        {{ raw_boolean('enabled') }} as is_enabled
    from source
    where {{ raw_text('id') }} is not null
)

select *
from renamed
