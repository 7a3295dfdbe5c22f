with weeks as (
    select *
    from {{ ref('loop_returns', 'int_returns_expected_by_week') }}
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

currencies as (
    select *
    from {{ ref('loop_returns', 'dim_currencies') }}
    where is_main_currency
),

nowcast as (
    select *
    from {{ ref('loop_returns', 'int_returns_nowcast') }}
    where dimension_type = 'all'
),

refunds as (
    select *
    from {{ ref('loop_returns', 'int_refunds_expected') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
    where is_counted_return
),

labels as (
    select *
    from {{ ref('loop_returns', 'fct_return_labels') }}
),

as_of_dates as (
    select distinct as_of_date
    from weeks
),

parcels_of_returns as (
    select
        loop_return_id,
        count(*) as parcel_count
    from labels
    group by loop_return_id
),

parcels_by_date as (
    select
        returns.return_date,
        sum(coalesce(parcels_of_returns.parcel_count, 0)) as parcel_count,
        sum(returns.returned_unit_count) as returned_unit_count
    from returns
    left join parcels_of_returns
        on returns.loop_return_id = parcels_of_returns.loop_return_id
    group by returns.return_date
),

-- Parcels for each returned unit, in the year before the as-of date.
parcels as (
    select
        as_of_dates.as_of_date,
        {{ ratio(
            'sum(parcels_by_date.parcel_count)',
            'sum(parcels_by_date.returned_unit_count)'
        ) }} as parcels_per_unit
    from parcels_by_date
    inner join as_of_dates
        on
            parcels_by_date.return_date <= as_of_dates.as_of_date
            and parcels_by_date.return_date
            > {{ dbt.dateadd('day', -365, 'as_of_dates.as_of_date') }}
    group by as_of_dates.as_of_date
),

-- The refund for each unit that is still expected.
refund_amounts as (
    select
        refunds.as_of_date,
        currencies.currency_code,
        {{ ratio(
            'sum(refunds.refund_amount)', 'sum(nowcast.future_returned_units)'
        ) }} as refund_per_unit
    from refunds
    inner join currencies
        on refunds.currency_code = currencies.currency_code
    inner join nowcast
        on
            refunds.as_of_date = nowcast.as_of_date
            and refunds.order_month_date = nowcast.order_month_date
    group by refunds.as_of_date, currencies.currency_code
),

joined as (
    select
        weeks.*,
        weeks.week_end_date <= maturity.data_through_date as is_week_over,
        parcels.parcels_per_unit,
        refund_amounts.refund_per_unit,
        refund_amounts.currency_code
    from weeks
    cross join maturity
    left join parcels
        on weeks.as_of_date = parcels.as_of_date
    left join refund_amounts
        on weeks.as_of_date = refund_amounts.as_of_date
),

bounds as (
    select
        {% for share in [80, 95] -%}
        {{ gamma_bound(
            'expected_units', 'calibrated_variance', share, 'lower'
        ) }} as lower_{{ share }},
        {{ gamma_bound(
            'expected_units', 'calibrated_variance', share, 'upper'
        ) }} as upper_{{ share }},
        {% endfor -%}
        *
    from joined
),

final as (
    select
        'returned_units_expected_by_week' as metric_name,
        'return' as date_basis,
        as_of_date,
        week_number,
        week_start_date,
        week_end_date,
        is_week_over,
        units_of_placed_orders as expected_units_of_placed_orders,
        units_of_later_orders as expected_units_of_later_orders,
        expected_units as expected_returned_units,
        {% for share in [80, 95] -%}
        lower_{{ share }} as expected_returned_units_lower_{{ share }},
        upper_{{ share }} as expected_returned_units_upper_{{ share }},
        {% endfor -%}
        expected_units * parcels_per_unit as expected_parcels,
        currency_code,
        {{ round_money('expected_units * refund_per_unit') }}
            as expected_refund_amount,
        case
            when is_week_over
                then cast(returned_units as {{ dbt.type_bigint() }})
        end as returned_units,
        case
            when is_week_over
                then returned_units between lower_80 and upper_80
        end as is_within_80,
        case
            when is_week_over
                then returned_units between lower_95 and upper_95
        end as is_within_95
    from bounds
)

select *
from final
