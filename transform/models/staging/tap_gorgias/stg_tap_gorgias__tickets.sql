{{ config(enabled=var('ticket_source') == 'tap_gorgias') }}

with tickets as (
    {{ raw_rows('tap_gorgias', 'tickets') }}
),

satisfaction_surveys as (
    {{ raw_rows('tap_gorgias', 'satisfaction_surveys') }}
),

surveys as (
    select
        {{ raw_text('ticket_id') }} as ticket_id,
        max({{ to_integer(raw_text('score')) }}) as csat_score
    from satisfaction_surveys
    where {{ raw_timestamp('scored_datetime') }} is not null
    group by 1
),

renamed as (
    select
        -- ids
        {{ raw_text('id') }} as ticket_id,
        -- text
        lower({{ raw_text('status') }}) as status,
        lower({{ raw_text('channel') }}) as channel,
        coalesce(
            {{ json_text(raw_json('customer'), '$.email') }},
            {{ json_text(raw_json('requester'), '$.email') }}
        ) as customer_email,
        {{ json_id_tags(raw_json('tags'), 'name') }} as ticket_tags,
        {{ regexp_part(raw_text('subject'), '(#[0-9A-Za-z-]+)') }}
            as order_name_in_text,
        -- numerics
        {{ to_integer(raw_text('messages_count')) }} as messages_count,
        -- timestamps
        {{ raw_timestamp('created_datetime') }} as created_at,
        {{ raw_timestamp('closed_datetime') }} as closed_at
    from tickets
    where {{ raw_text('id') }} is not null
),

final as (
    select
        renamed.ticket_id,
        renamed.status,
        renamed.channel,
        {{ email_hash('renamed.customer_email') }} as customer_email_hash,
        renamed.ticket_tags,
        renamed.order_name_in_text,
        renamed.messages_count,
        surveys.csat_score,
        renamed.created_at,
        renamed.closed_at
    from renamed
    left join surveys
        on renamed.ticket_id = surveys.ticket_id
)

select *
from final
