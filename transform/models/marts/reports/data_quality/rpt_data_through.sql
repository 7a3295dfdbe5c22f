with maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

currencies as (
    select *
    from {{ ref('loop_returns', 'dim_currencies') }}
    where is_main_currency
),

-- The first day that the data do not cover to its end: the day after
-- data_through_date, or data_through_date itself if that day is not over.
dated as (
    select
        *,
        case
            when data_through_date < {{ local_date(built_at()) }}
                then cast(
                    {{ dbt.dateadd('day', 1, 'data_through_date') }} as date
                )
            else data_through_date
        end as first_unknown_date
    from maturity
),

final as (
    select
        dated.data_through_date,
        dated.data_through_at,
        dated.orders_through_at,
        dated.returns_through_at,
        dated.loop_period_start_date,
        dated.return_maturity_days,
        dated.median_days_to_return,
        cast({{ dbt.dateadd('day', -1, dbt.date_trunc(
            'month', 'dated.first_unknown_date'
        )) }} as date) as months_complete_through_date,
        {{ text_literal(var('store_timezone')) }} as store_timezone,
        currencies.currency_code as main_currency_code
    from dated
    left join currencies
        on currencies.is_main_currency
)

select *
from final
