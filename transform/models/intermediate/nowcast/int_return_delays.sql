{#-
    The share of returned units that are back by each age of an order, as it was
    known on each as-of date: the product over later days of one minus the
    reverse-time hazard (Lagakos, Barraj and De Gruttola 1988). The risk set of
    day t has the units that came back by day t, of orders that are at least t
    days old. So recent orders do not count as finished, and do not pull the
    curve towards their own rate.
-#}
with units as (
    select *
    from {{ ref('loop_returns', 'int_units_by_order_date') }}
    where dimension_type = 'all'
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

-- The data-through date and the ends of the twelve months before it. A month
-- without orders ends too.
as_of_dates as (
    select
        data_through_date as as_of_date,
        return_maturity_days
    from maturity
    {% for month in range(12) -%}
    union distinct
    select
        cast({{ dbt.dateadd('day', -1, dbt.dateadd(
            'month', -month, dbt.date_trunc('month', 'data_through_date')
        )) }} as date) as as_of_date,
        return_maturity_days
    from maturity
    {% endfor -%}
),

-- A curve of older orders would miss the shop's present policy.
aged as (
    select
        as_of_dates.as_of_date,
        as_of_dates.return_maturity_days,
        {{ days_between('units.order_date', 'as_of_dates.as_of_date') }}
            as age_days,
        units.days_to_return,
        sum(units.returned_units) as returned_units
    from units
    inner join as_of_dates
        on
            units.order_date <= as_of_dates.as_of_date
            and units.order_date
            > {{ dbt.dateadd('day', -730, 'as_of_dates.as_of_date') }}
    group by 1, 2, 3, 4
),

-- A unit enters the risk set on the day of its return and leaves it when its
-- order is no older; each age has a row.
days as (
    select
        as_of_date,
        return_maturity_days,
        days_to_return as age_days,
        returned_units,
        0 as left_units,
        0 as is_ordered
    from aged
    where days_to_return <= age_days
    union all
    select
        as_of_date,
        return_maturity_days,
        age_days + 1 as age_days,
        0 as returned_units,
        returned_units as left_units,
        0 as is_ordered
    from aged
    where days_to_return <= age_days
    union all
    select distinct
        as_of_date,
        return_maturity_days,
        age_days,
        0 as returned_units,
        0 as left_units,
        1 as is_ordered
    from aged
),

summed as (
    select
        as_of_date,
        return_maturity_days,
        age_days,
        sum(returned_units) as returned_units,
        sum(left_units) as left_units,
        max(is_ordered) as is_ordered
    from days
    group by 1, 2, 3
),

at_risk as (
    select
        *,
        sum(returned_units) over (
            partition by as_of_date order by age_days
            rows between unbounded preceding and current row
        ) - sum(left_units) over (
            partition by as_of_date order by age_days
            rows between unbounded preceding and current row
        ) as risk_units,
        sum(returned_units) over (partition by as_of_date)
            as all_returned_units,
        max(case when is_ordered = 1 then age_days end)
            over (partition by as_of_date) as oldest_age_days
    from summed
),

-- If a whole risk set came back in one day, half a unit is assumed to remain.
hazards as (
    select
        *,
        case when returned_units > 0 then cast(
            ln({{ ratio(
                'greatest(risk_units - returned_units, 0.5)', 'risk_units'
            ) }}) as {{ type_exact_ratio() }}
        ) else 0 end as log_kept,
        case when returned_units > 0 then cast(
            {{ ratio(
                'returned_units',
                'risk_units * greatest(risk_units - returned_units, 0.5)'
            ) }} as {{ type_exact_ratio() }}
        ) else 0 end as log_variance
    from at_risk
),

shares as (
    select
        *,
        coalesce(sum(log_kept) over (
            partition by as_of_date order by age_days desc
            rows between unbounded preceding and 1 preceding
        ), 0) as log_share,
        coalesce(sum(log_variance) over (
            partition by as_of_date order by age_days desc
            rows between unbounded preceding and 1 preceding
        ), 0) as log_share_variance,
        min(case when returned_units > 0 then age_days end)
            over (partition by as_of_date) as first_return_days
    from hazards
),

made as (
    select
        *,
        case
            when age_days < first_return_days then 0
            else exp(cast(log_share as {{ type_ratio() }}))
        end as share_made
    from shares
),

-- A return that comes after nearly all others is not expected in advance.
-- Otherwise one very late return would leave every month unfinished.
lasting as (
    select
        *,
        min(case when share_made >= 0.995 then age_days end)
            over (partition by as_of_date) as last_return_days
    from made
),

limited as (
    select
        as_of_date,
        age_days,
        case when age_days >= last_return_days then 1 else share_made end
            as share_returned,
        case
            when age_days >= last_return_days then 0
            else sqrt(cast(log_share_variance as {{ type_ratio() }}))
        end as share_returned_error,
        cast(last_return_days as {{ dbt.type_bigint() }}) as last_return_days
    from lasting
    where
        all_returned_units >= 30
        and oldest_age_days >= return_maturity_days
),

final as (
    select
        *,
        share_returned - coalesce(lag(share_returned) over (
            partition by as_of_date order by age_days
        ), 0) as share_returned_on_day
    from limited
)

select *
from final
