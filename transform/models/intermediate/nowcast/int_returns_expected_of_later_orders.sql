{#-
    Units of the orders placed after each as-of date that are expected to
    come back in each of the eight weeks after it, if orders continue as in
    the four weeks before that date, with the rate of the newest month of orders.
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

weeks as (
    {% for week in range(1, 9) -%}
    select {{ week }} as week_number
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

newest_months as (
    select
        *,
        row_number() over (
            partition by as_of_date order by order_month_date desc
        ) as position
    from nowcast
),

paces as (
    select
        newest_months.as_of_date,
        coalesce(sum(units.sold_units), 0) / 28.0 as daily_units,
        max(newest_months.future_rate) as future_rate
    from newest_months
    left join units
        on
            newest_months.as_of_date >= units.order_date
            and {{ days_between(
                'units.order_date', 'newest_months.as_of_date'
            ) }} < 28
    where newest_months.position = 1
    group by newest_months.as_of_date
),

changes_of_pace as (
    select
        *,
        daily_units / nullif(lag(daily_units) over (order by as_of_date), 0) - 1
            as change_of_pace
    from paces
),

-- How much sales differ from those of the four weeks before: the mean square of
-- the shop's changes so far and of ten assumed changes of a seventh.
paces_with_variance as (
    select
        *,
        (0.2 + cast(sum(cast(
            -- Some warehouses ignore nulls in `least`.
            least(coalesce(change_of_pace * change_of_pace, 0), 1)
            as {{ type_exact_ratio() }}
        )) over (
            order by as_of_date
            rows between unbounded preceding and current row
        ) as {{ type_ratio() }})) / (10 + count(change_of_pace) over (
            order by as_of_date
            rows between unbounded preceding and current row
        )) as pace_variance
    from changes_of_pace
),

-- An order placed on day k after the as-of date reaches age_days on day
-- k + age_days.
final as (
    select
        paces.as_of_date,
        cast(weeks.week_number as {{ dbt.type_bigint() }}) as week_number,
        max(paces.daily_units * paces.future_rate) * {{ sum_of_ratios(
            'delays.share_returned_on_day * ('
            ~ 'greatest(7 * weeks.week_number - delays.age_days, 0)'
            ~ ' - greatest(7 * weeks.week_number - 7 - delays.age_days, 0))'
        ) }} as expected_units,
        max(paces.pace_variance) * weeks.week_number / 4.0 as pace_variance
    from paces_with_variance as paces
    inner join delays
        on paces.as_of_date = delays.as_of_date
    cross join weeks
    group by paces.as_of_date, weeks.week_number
)

select *
from final
