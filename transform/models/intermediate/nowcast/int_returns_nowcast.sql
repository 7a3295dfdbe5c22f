with estimates as (
    select *
    from {{ ref('loop_returns', 'int_returns_expected') }}
),

-- The errors of the nowcasts at earlier month ends.
misses as (
    select
        finished.as_of_date,
        finished.dimension_type,
        (
            finished.returned_units - estimates.returned_units
            - estimates.future_returned_units
        ) * (
            finished.returned_units - estimates.returned_units
            - estimates.future_returned_units
        ) / estimates.future_variance as squared_miss
    from estimates
    inner join estimates as finished
        on
            estimates.as_of_date < finished.as_of_date
            and estimates.dimension_type = finished.dimension_type
            and estimates.dimension_value = finished.dimension_value
            and estimates.order_month_date = finished.order_month_date
    where
        estimates.future_returned_units >= 1
        and finished.known_units >= 0.99 * finished.sold_units
),

calibrations as (
    select
        as_of_date,
        dimension_type,
        (12.5 + {{ sum_of_ratios('least(squared_miss, 25)') }})
        / (10 + count(*)) as calibration
    from misses
    group by 1, 2
),

final as (
    select
        estimates.*,
        coalesce(calibrations.calibration, 1.25) as calibration
    from estimates
    left join calibrations
        on
            estimates.as_of_date = calibrations.as_of_date
            and estimates.dimension_type = calibrations.dimension_type
)

select *
from final
