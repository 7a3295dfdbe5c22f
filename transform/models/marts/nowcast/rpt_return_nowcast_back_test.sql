with nowcast as (
    select *
    from {{ ref('loop_returns', 'int_returns_nowcast') }}
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
    where period_type = 'month'
),

-- Months that were not finished on the as-of date and are finished now.
compared as (
    select
        earlier.*,
        finished.returned_units as final_returned_units,
        earlier.future_variance * earlier.calibration as units_variance
    from nowcast as earlier
    inner join nowcast as finished
        on
            earlier.dimension_type = finished.dimension_type
            and earlier.dimension_value = finished.dimension_value
            and earlier.order_month_date = finished.order_month_date
    inner join maturity
        on finished.as_of_date = maturity.data_through_date
    where
        earlier.as_of_date < finished.as_of_date
        and earlier.known_units < earlier.sold_units
        and finished.known_units >= finished.sold_units
),

bounds as (
    select
        {% for share in [80, 95] -%}
        returned_units + {{ gamma_bound(
            'future_returned_units', 'units_variance', share, 'lower'
        ) }} as lower_{{ share }},
        returned_units + least({{ gamma_bound(
            'future_returned_units', 'units_variance', share, 'upper'
        ) }}, greatest(sold_units - returned_units, 0))
            as upper_{{ share }},
        {% endfor -%}
        *
    from compared
),

final as (
    select
        'nowcast_error' as metric_name,
        'order' as date_basis,
        periods.period_type,
        bounds.as_of_date,
        bounds.dimension_type,
        bounds.dimension_value,
        periods.period,
        periods.period_start_date,
        cast(bounds.sold_units as {{ dbt.type_bigint() }}) as sold_units,
        cast(bounds.returned_units as {{ dbt.type_bigint() }})
            as returned_units,
        bounds.known_units / bounds.sold_units as share_known,
        bounds.returned_units + bounds.future_returned_units
            as expected_returned_units,
        {% for share in [80, 95] -%}
        bounds.lower_{{ share }}
            as expected_returned_units_lower_{{ share }},
        bounds.upper_{{ share }}
            as expected_returned_units_upper_{{ share }},
        {% endfor -%}
        cast(bounds.final_returned_units as {{ dbt.type_bigint() }})
            as final_returned_units,
        (
            bounds.returned_units + bounds.future_returned_units
            - bounds.final_returned_units
        ) / bounds.sold_units as nowcast_error,
        (bounds.returned_units - bounds.final_returned_units)
        / bounds.sold_units as to_date_error,
        bounds.final_returned_units
        between bounds.lower_80 and bounds.upper_80 as is_within_80,
        bounds.final_returned_units
        between bounds.lower_95 and bounds.upper_95 as is_within_95
    from bounds
    inner join periods
        on bounds.order_month_date = periods.month_date
    where bounds.sold_units > 0
)

select *
from final
