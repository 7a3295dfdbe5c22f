with units as (
    select *
    from {{ ref('loop_returns', 'int_units_by_order_date') }}
),

delays as (
    select *
    from {{ ref('loop_returns', 'int_return_delays') }}
),

as_of_dates as (
    select distinct as_of_date
    from delays
),

-- A month is compared with the months of somewhat more than a year before it.
-- Days of the same age and value are one row.
days as (
    select
        as_of_dates.as_of_date,
        units.dimension_type,
        units.dimension_value,
        units.order_date,
        units.order_month_date,
        units.currency_code,
        {{ days_between('units.order_date', 'as_of_dates.as_of_date') }}
            as age_days,
        sum(units.sold_units) as sold_units,
        sum(units.sold_amount) as sold_amount,
        sum(units.returned_units) as returned_units,
        sum(units.returned_amount) as returned_amount,
        {{ sum_of_ratios('units.price_squares') }} as price_squares
    from units
    inner join as_of_dates
        on
            units.order_date <= as_of_dates.as_of_date
            and units.order_month_date
            >= {{ dbt.dateadd('month', -14, 'as_of_dates.as_of_date') }}
    where
        units.days_to_return is null
        or units.days_to_return
        <= {{ days_between('units.order_date', 'as_of_dates.as_of_date') }}
    group by 1, 2, 3, 4, 5, 6, 7
),

known as (
    select
        days.*,
        delays.share_returned_error,
        cast(days.sold_units as {{ type_ratio() }}) * delays.share_returned
            as known_units,
        cast(days.sold_amount as {{ type_ratio() }}) * delays.share_returned
            as known_amount
    from days
    inner join delays
        on
            days.as_of_date = delays.as_of_date
            and days.age_days = delays.age_days
),

final as (
    select
        as_of_date,
        dimension_type,
        dimension_value,
        order_month_date,
        currency_code,
        {{ sum_of_units('sold_units') }} as sold_units,
        {{ sum_of_units('returned_units') }} as returned_units,
        {{ sum_of_money('sold_amount') }} as sold_amount,
        {{ sum_of_money('returned_amount') }} as returned_amount,
        {{ sum_of_ratios('price_squares') }} as price_squares,
        {{ sum_of_ratios('known_units') }} as known_units,
        {{ sum_of_ratios('known_amount') }} as known_amount,
        {{ sum_of_ratios('known_units * share_returned_error') }}
            as known_units_error,
        -- Sums over days, for the dispersion within a month.
        {{ sum_of_units('returned_units * returned_units') }}
            as returned_squares,
        {{ sum_of_ratios('returned_units * known_units') }} as returned_known,
        {{ sum_of_ratios('known_units * known_units') }} as known_squares
    from known
    group by 1, 2, 3, 4, 5
)

select *
from final
