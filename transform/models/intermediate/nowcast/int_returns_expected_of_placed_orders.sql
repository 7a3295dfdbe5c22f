{#-
    Units of the orders placed by each as-of date that are expected to come
    back in each of the eight weeks after it. The units still to come of a
    month of orders are divided among the weeks by the share of returns made
    at the ages that the orders have in each week.
-#}
with units as (
    select *
    from {{ ref('loop_returns', 'int_units_by_order_date') }}
    where dimension_type = 'all' and sold_units > 0
),

nowcast as (
    select *
    from {{ ref('loop_returns', 'int_returns_nowcast') }}
    where dimension_type = 'all'
),

delays as (
    select *
    from {{ ref('loop_returns', 'int_return_delays') }}
),

as_of_dates as (
    select distinct as_of_date
    from nowcast
),

sold as (
    select
        as_of_dates.as_of_date,
        units.order_month_date,
        {{ days_between('units.order_date', 'as_of_dates.as_of_date') }}
            as order_age_days,
        sum(units.sold_units) as sold_units
    from units
    inner join as_of_dates
        on
            units.order_date <= as_of_dates.as_of_date
            and {{ is_in_nowcast_months(
                'units.order_month_date', 'as_of_dates.as_of_date'
            ) }}
    group by 1, 2, 3
),

future as (
    select
        sold.as_of_date,
        sold.order_month_date,
        cast(
            floor((delays.age_days - sold.order_age_days + 6) / 7.0)
            as {{ dbt.type_bigint() }}
        ) as week_number,
        {{ sum_of_ratios('sold.sold_units * delays.share_returned_on_day') }}
            as future_units
    from sold
    inner join delays
        on
            sold.as_of_date = delays.as_of_date
            and sold.order_age_days < delays.age_days
            and delays.age_days <= sold.order_age_days + 56
    where delays.share_returned_on_day > 0
    group by 1, 2, 3
),

months as (
    select
        future.as_of_date,
        future.week_number,
        nowcast.future_returned_units * future.future_units
        / (nowcast.sold_units - nowcast.known_units) as expected_units,
        future.future_units
        / (nowcast.sold_units - nowcast.known_units)
        * sqrt(greatest(
            nowcast.future_variance
            - nowcast.dispersion * nowcast.future_returned_units, 0
        )) as rate_error
    from future
    inner join nowcast
        on
            future.as_of_date = nowcast.as_of_date
            and future.order_month_date = nowcast.order_month_date
    where nowcast.known_units < nowcast.sold_units
),

final as (
    select
        as_of_date,
        week_number,
        {{ sum_of_ratios('expected_units') }} as expected_units,
        {{ sum_of_ratios('rate_error') }} as rate_error
    from months
    group by 1, 2
)

select *
from final
