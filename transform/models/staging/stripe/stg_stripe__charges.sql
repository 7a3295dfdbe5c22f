{{ config(enabled=var('charge_source') == 'stripe') }}

with source as (
    {{ raw_rows('stripe', 'charges') }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ raw_text('id') }} as charge_id,
        {{ json_text(raw_json('metadata'), '$.return_id') }} as return_id,
        -- text
        {{ currency_code(raw_text('currency')) }} as currency_code,
        lower({{ raw_text('status') }}) as status,
        -- numerics
        {{ to_money(raw_text('amount')) }}
        - coalesce({{ to_money(raw_text('amount_refunded')) }}, 0)
            as smallest_units,
        -- timestamps
        -- Stripe's API counts seconds; many loaders write a time instead.
        coalesce(
            {{ raw_timestamp('created') }},
            cast({{ dbt.dateadd(
                'second', to_integer(raw_text('created')),
                "cast('1970-01-01' as " ~ dbt.type_timestamp() ~ ")"
            ) }} as {{ dbt.type_timestamp() }})
        ) as created_at
    from source
    where {{ raw_text('id') }} is not null
),

final as (
    select
        store_id,
        charge_id,
        return_id,
        currency_code,
        cast(
            {{ as_factor('smallest_units') }}
            * {{ smallest_unit('currency_code') }} as {{ type_money() }}
        ) as charged_amount,
        created_at
    from renamed
    where
        return_id is not null
        and status = 'succeeded'
        and smallest_units <> 0
)

select *
from final
