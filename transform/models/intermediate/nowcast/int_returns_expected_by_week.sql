{#-
    Units expected to come back in each of the eight weeks after each as-of
    date, the variance of this estimate, and the units that did come back.
-#}
with units as (
    select *
    from {{ ref('loop_returns', 'int_units_by_order_date') }}
    where dimension_type = 'all'
),

nowcast as (
    select *
    from {{ ref('loop_returns', 'int_returns_nowcast') }}
    where dimension_type = 'all'
),

placed_orders as (
    select *
    from {{ ref('loop_returns', 'int_returns_expected_of_placed_orders') }}
),

later_orders as (
    select *
    from {{ ref('loop_returns', 'int_returns_expected_of_later_orders') }}
),

as_of_dates as (
    select
        as_of_date,
        max(dispersion) as dispersion
    from nowcast
    group by as_of_date
),

made as (
    select
        as_of_dates.as_of_date,
        cast(
            floor((
                {{ days_between('as_of_dates.as_of_date', 'units.order_date') }}
                + units.days_to_return + 6
            ) / 7.0)
            as {{ dbt.type_bigint() }}
        ) as week_number,
        sum(units.returned_units) as returned_units
    from units
    inner join as_of_dates
        on
            {{ days_between('as_of_dates.as_of_date', 'units.order_date') }}
            + units.days_to_return between 1 and 56
    group by 1, 2
),

joined as (
    select
        later_orders.as_of_date,
        later_orders.week_number,
        as_of_dates.dispersion,
        cast(
            {{ dbt.dateadd(
                'day', '7 * later_orders.week_number - 6',
                'later_orders.as_of_date'
            ) }}
            as date
        ) as week_start_date,
        cast(
            {{ dbt.dateadd(
                'day', '7 * later_orders.week_number',
                'later_orders.as_of_date'
            ) }}
            as date
        ) as week_end_date,
        coalesce(placed_orders.expected_units, 0) as units_of_placed_orders,
        coalesce(placed_orders.rate_error, 0) as rate_error,
        later_orders.expected_units as units_of_later_orders,
        later_orders.pace_variance,
        coalesce(made.returned_units, 0) as returned_units
    from later_orders
    inner join as_of_dates
        on later_orders.as_of_date = as_of_dates.as_of_date
    left join placed_orders
        on
            later_orders.as_of_date = placed_orders.as_of_date
            and later_orders.week_number = placed_orders.week_number
    left join made
        on
            later_orders.as_of_date = made.as_of_date
            and later_orders.week_number = made.week_number
),

-- The variances of chance, of the rate, of the division among weeks (15 %), and
-- of the orders to be placed.
estimated as (
    select
        *,
        units_of_placed_orders + units_of_later_orders as expected_units,
        dispersion * (units_of_placed_orders + units_of_later_orders)
        + rate_error * rate_error
        + units_of_placed_orders * units_of_placed_orders * 0.0225
        + units_of_later_orders * units_of_later_orders * pace_variance
            as units_variance
    from joined
),

-- The errors of earlier forecasts, of weeks that were over.
calibrations as (
    select
        as_of_dates.as_of_date,
        (12.5 + {{ sum_of_ratios(
            'least((estimated.returned_units - estimated.expected_units)'
            ~ ' * (estimated.returned_units - estimated.expected_units)'
            ~ ' / estimated.units_variance, 25)'
        ) }}) / (10 + count(*)) as calibration
    from estimated
    inner join as_of_dates
        on estimated.week_end_date <= as_of_dates.as_of_date
    where estimated.expected_units >= 1
    group by as_of_dates.as_of_date
),

final as (
    select
        estimated.*,
        estimated.units_variance
        * coalesce(calibrations.calibration, 1.25) as calibrated_variance
    from estimated
    left join calibrations
        on estimated.as_of_date = calibrations.as_of_date
)

select *
from final
