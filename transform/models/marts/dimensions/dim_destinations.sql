with destinations as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__destinations') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
    where destination_id is not null
),

-- Returns may name a destination that Loop no longer lists.
named as (
    select
        store_id,
        destination_id
    from destinations
    union distinct
    select
        store_id,
        destination_id
    from returns
),

final as (
    select
        -- ids
        named.destination_id,
        named.store_id as sm_store_id,
        destinations.location_id,
        -- text
        destinations.destination_name,
        destinations.destination_type,
        destinations.city,
        destinations.region,
        destinations.country_code,
        -- booleans
        destinations.is_enabled,
        destinations.destination_id is not null as is_listed
    from named
    left join destinations
        on
            named.store_id = destinations.store_id
            and named.destination_id = destinations.destination_id
)

select *
from final
