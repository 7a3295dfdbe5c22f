{#-
    Estimates how many units will come back in the end, by Buehlmann
    credibility: the count is Poisson and its rate gamma distributed. Mean
    and variance are adjusted for the dispersion, the factor by which the
    data vary more than by chance. The
    rate of a row is the rate of its value (such as a category), times the
    level of its month, times an effect of the row itself. The prior of each
    factor excludes the row: the rate of a value starts from the rate of the
    shop, and the level of a month from the three months before it. The
    variance of each factor is estimated by moments over past months, plus
    one standard error, as for pooled rates.
-#}
{%- set others_in_value -%}
summed_to_values.shop_rate * (summed_to_values.value_known - cells.known_units)
{%- endset -%}
with seen as (
    select *
    from {{ ref('loop_returns', 'int_returns_seen') }}
    where dimension_type not in ('product', 'sku')
),

cells as (
    select
        as_of_date,
        dimension_type,
        dimension_value,
        order_month_date,
        {{ sum_of_ratios('known_units_error') }} as known_units_error,
        {{ sums_over_days() }}
    from seen
    group by 1, 2, 3, 4
),

shops as (
    select
        as_of_date,
        dimension_type,
        greatest(sum(returned_units), 0.5)
        / {{ sum_of_ratios('known_units') }} as shop_rate,
        {{ dispersion_within_months() }} as dispersion
    from cells
    where known_units > 0
    group by 1, 2
),

-- Variance between the values of a dimension (categories or channels) and the
-- shop's rate.
summed_to_values as (
    select
        cells.as_of_date,
        cells.dimension_type,
        cells.dimension_value,
        max(shops.shop_rate) as shop_rate,
        max(shops.dispersion) as dispersion,
        sum(cells.returned_units) as value_returned,
        {{ sum_of_ratios('cells.known_units') }} as value_known
    from cells
    inner join shops
        on
            cells.as_of_date = shops.as_of_date
            and cells.dimension_type = shops.dimension_type
    group by 1, 2, 3
),

value_spreads as (
    select
        as_of_date,
        dimension_type,
        {{ spread_by_moments(
            'value_returned', 'shop_rate * value_known',
            'dispersion * shop_rate * value_known', '(count(*) - 1)'
        ) }} as value_spread
    from summed_to_values
    where value_known > 0
    group by 1, 2
),

of_values as (
    select
        cells.*,
        summed_to_values.dispersion,
        value_spreads.value_spread,
        {{ credibility_rate(
            'summed_to_values.shop_rate', 'summed_to_values.dispersion',
            'value_spreads.value_spread',
            '(summed_to_values.value_returned - cells.returned_units)',
            others_in_value
        ) }} as value_rate,
        {{ credibility_variance(
            'summed_to_values.dispersion', 'value_spreads.value_spread',
            others_in_value
        ) }} as value_variance
    from cells
    inner join summed_to_values
        on
            cells.as_of_date = summed_to_values.as_of_date
            and cells.dimension_type = summed_to_values.dimension_type
            and cells.dimension_value = summed_to_values.dimension_value
    inner join value_spreads
        on
            cells.as_of_date = value_spreads.as_of_date
            and cells.dimension_type = value_spreads.dimension_type
),

-- Variance of months around the three months before them.
summed_to_months as (
    select
        as_of_date,
        dimension_type,
        order_month_date,
        max(dispersion) as dispersion,
        sum(returned_units) as month_returned,
        {{ sum_of_ratios('value_rate * known_units') }} as month_expected
    from of_values
    group by 1, 2, 3
),

earlier_months as (
    select
        *,
        sum(month_returned) over (
            partition by as_of_date, dimension_type order by order_month_date
            rows between 3 preceding and 1 preceding
        ) as earlier_returned,
        sum(cast(month_expected as {{ type_exact_ratio() }})) over (
            partition by as_of_date, dimension_type order by order_month_date
            rows between 3 preceding and 1 preceding
        ) as earlier_expected
    from summed_to_months
),

levels as (
    select
        *,
        -- Three months without returns do not mean that no more will come.
        coalesce({{ ratio(
            'greatest(earlier_returned, 0.5)', 'greatest(earlier_expected, 0.5)'
        ) }}, 1) as earlier_level,
        case
            when earlier_expected > 0 and month_expected > 0
                then 1 + {{ ratio('month_expected', 'earlier_expected') }}
        end as noise_factor
    from earlier_months
),

month_spreads as (
    select
        as_of_date,
        dimension_type,
        {{ spread_by_moments(
            'month_returned', 'earlier_level * month_expected',
            'dispersion * noise_factor * earlier_level * month_expected',
            'count(*)'
        ) }} as month_spread
    from levels
    where noise_factor is not null
    group by 1, 2
),

-- Variance of a value in a month around the rates of its value and its month.
of_months as (
    select
        of_values.*,
        levels.month_returned,
        levels.month_expected,
        levels.earlier_level,
        coalesce(month_spreads.month_spread, 0) as month_spread,
        {{ credibility_rate(
            'of_values.value_rate * of_values.known_units'
            ~ ' * levels.earlier_level',
            'of_values.dispersion', 'coalesce(month_spreads.month_spread, 0)',
            'levels.month_returned',
            'levels.earlier_level * levels.month_expected'
        ) }} as row_expected
    from of_values
    inner join levels
        on
            of_values.as_of_date = levels.as_of_date
            and of_values.dimension_type = levels.dimension_type
            and of_values.order_month_date = levels.order_month_date
    left join month_spreads
        on
            of_values.as_of_date = month_spreads.as_of_date
            and of_values.dimension_type = month_spreads.dimension_type
),

row_spreads as (
    select
        as_of_date,
        dimension_type,
        {{ spread_by_moments(
            'returned_units', 'row_expected', 'dispersion * row_expected',
            '(count(*) - count(distinct order_month_date))'
        ) }} as row_spread
    from of_months
    where row_expected > 0
    group by 1, 2
),

-- The prior of each row: its expected rate without its own returns.
priors as (
    select
        of_months.*,
        coalesce(row_spreads.row_spread, 0) as row_spread,
        greatest(
            of_months.month_returned - of_months.returned_units, 0
        ) as others_returned,
        of_months.earlier_level * greatest(
            of_months.month_expected
            - of_months.value_rate * of_months.known_units, 0
        ) as others_expected
    from of_months
    left join row_spreads
        on
            of_months.as_of_date = row_spreads.as_of_date
            and of_months.dimension_type = row_spreads.dimension_type
),

prior_rates as (
    select
        *,
        {{ credibility_rate(
            'value_rate * earlier_level', 'dispersion', 'month_spread',
            'others_returned', 'others_expected'
        ) }} as prior_rate,
        value_variance + row_spread + {{ credibility_variance(
            'dispersion', 'month_spread', 'others_expected'
        ) }} as prior_variance
    from priors
),

rates as (
    select
        *,
        least({{ credibility_rate(
            'prior_rate', 'dispersion', 'prior_variance', 'returned_units',
            'prior_rate * known_units'
        ) }}, 1) as future_rate,
        {{ credibility_variance(
            'dispersion', 'prior_variance', 'prior_rate * known_units'
        ) }} as rate_variance,
        greatest(sold_units - known_units, 0) as future_units,
        greatest(sold_units - returned_units, 0) as kept_units
    from prior_rates
),

errors as (
    select
        *,
        coalesce(
            future_rate * known_units_error * (
                1 + future_units / nullif(known_units, 0)
                * (1 - rate_variance / nullif(prior_variance, 0))
            ), 0
        ) as known_error
    from rates
),

-- The variances of chance, of the rate, and of the share known.
final as (
    select
        as_of_date,
        dimension_type,
        dimension_value,
        order_month_date,
        sold_units,
        returned_units,
        known_units,
        dispersion,
        future_rate,
        least(future_rate * future_units, kept_units)
            as future_returned_units,
        dispersion * future_rate * future_units
        + future_rate * future_units * future_rate * future_units
        * rate_variance
        + dispersion * known_error * known_error as future_variance
    from errors
)

select *
from final
