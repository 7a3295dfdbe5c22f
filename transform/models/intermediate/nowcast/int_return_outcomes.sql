{#-
    How returns end, by the age of their order: of the returns made at each age,
    the shares that become a refund, an exchange and store credit, and the
    shares of all returns that are made later and become each of them (the
    cumulative incidence of competing risks). Returns without a known outcome
    are left out of the shares. Returns made at an age are of orders at least
    that old, so recent orders, which have only early returns, do not distort
    them.
-#}
{%- set outcomes = ['refund', 'exchange', 'credit'] -%}
with units as (
    select *
    from {{ ref('loop_returns', 'int_units_by_order_date') }}
    where dimension_type = 'all' and returned_units > 0
),

delays as (
    select *
    from {{ ref('loop_returns', 'int_return_delays') }}
),

as_of_dates as (
    select distinct as_of_date
    from delays
),

made as (
    select
        as_of_dates.as_of_date,
        units.days_to_return as age_days,
        sum(units.refund_units) as refund_units,
        sum(units.exchange_units) as exchange_units,
        sum(units.credit_units) as credit_units,
        sum(units.refund_units + units.exchange_units + units.credit_units)
            as decided_units
    from units
    inner join as_of_dates
        on
            units.days_to_return
            <= {{ days_between('units.order_date', 'as_of_dates.as_of_date') }}
            and units.order_date
            > {{ dbt.dateadd('day', -730, 'as_of_dates.as_of_date') }}
    group by 1, 2
),

-- Ages without a known outcome have the shares of all ages. If no outcome is
-- known, a refund is assumed.
shares as (
    select
        delays.as_of_date,
        delays.age_days,
        {% for outcome in outcomes -%}
        coalesce(
            {{ ratio('made.' ~ outcome ~ '_units', 'made.decided_units') }},
            {{ ratio(
                'sum(made.' ~ outcome ~ '_units)'
                ~ ' over (partition by delays.as_of_date)',
                'sum(made.decided_units)'
                ~ ' over (partition by delays.as_of_date)'
            ) }},
            {{ 1 if outcome == 'refund' else 0 }}
        ) as {{ outcome }}_share,
        {% endfor -%}
        delays.share_returned_on_day
    from delays
    left join made
        on
            delays.as_of_date = made.as_of_date
            and delays.age_days = made.age_days
),

final as (
    select
        as_of_date,
        {% for outcome in outcomes -%}
        {{ outcome }}_share,
        coalesce(cast(sum(cast(
            share_returned_on_day * {{ outcome }}_share
            as {{ type_exact_ratio() }}
        )) over (
            partition by as_of_date order by age_days desc
            rows between unbounded preceding and 1 preceding
        ) as {{ type_ratio() }}), 0) as {{ outcome }}_share_to_come,
        {% endfor -%}
        age_days
    from shares
)

select *
from final
