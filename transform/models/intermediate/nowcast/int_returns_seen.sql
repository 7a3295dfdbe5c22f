{%- set outcomes = ['refund', 'exchange', 'credit'] -%}
with units as (
    select *
    from {{ ref('loop_returns', 'int_units_by_order_date') }}
),

delays as (
    select *
    from {{ ref('loop_returns', 'int_return_delays') }}
),

outcomes as (
    select *
    from {{ ref('loop_returns', 'int_return_outcomes') }}
),

as_of_dates as (
    select distinct
        delays.as_of_date,
        delays.as_of_date = maturity.data_through_date as is_today
    from delays
    cross join {{ ref('loop_returns', 'int_return_maturity') }} as maturity
),

-- A month is compared with the months of somewhat more than a year before it.
-- Products and SKUs are too many for the earlier as-of dates.
made as (
    select
        as_of_dates.as_of_date,
        units.*,
        {{ days_between('units.order_date', 'as_of_dates.as_of_date') }}
            as age_days
    from units
    inner join as_of_dates
        on
            units.order_date <= as_of_dates.as_of_date
            and {{ is_in_nowcast_months(
                'units.order_month_date', 'as_of_dates.as_of_date'
            ) }}
    where
        as_of_dates.is_today
        or units.dimension_type not in ('product', 'sku')
),

-- Days of the same age and value are one row. A unit whose outcome is not known
-- is divided among the outcomes of returns made at the same age.
days as (
    select
        made.as_of_date,
        made.dimension_type,
        made.dimension_value,
        made.order_month_date,
        made.currency_code,
        made.age_days,
        max(made.product_key) as product_key,
        max(made.product_title) as product_title,
        max(made.product_category) as product_category,
        sum(made.sold_units) as sold_units,
        sum(made.sold_amount) as sold_amount,
        sum(made.returned_units) as returned_units,
        sum(made.returned_amount) as returned_amount,
        {% for outcome in outcomes -%}
        {% for measure in ['units', 'amount'] -%}
        {{ sum_of_ratios(
            'made.' ~ outcome ~ '_' ~ measure ~ ' + coalesce(outcomes.'
            ~ outcome ~ '_share, 0) * (made.returned_' ~ measure
            ~ ' - made.refund_' ~ measure ~ ' - made.exchange_' ~ measure
            ~ ' - made.credit_' ~ measure ~ ')'
        ) }} as {{ outcome }}_{{ measure }},
        {% endfor -%}
        {% endfor -%}
        {{ sum_of_ratios('made.price_squares') }} as price_squares
    from made
    left join outcomes
        on
            made.as_of_date = outcomes.as_of_date
            and made.days_to_return = outcomes.age_days
    where
        made.days_to_return is null
        or made.days_to_return <= made.age_days
    group by 1, 2, 3, 4, 5, 6
),

known as (
    select
        days.*,
        {% for outcome in outcomes -%}
        cast(days.sold_units as {{ type_ratio() }})
        * outcomes.{{ outcome }}_share_to_come as future_{{ outcome }}_units,
        {% endfor -%}
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
    inner join outcomes
        on
            days.as_of_date = outcomes.as_of_date
            and days.age_days = outcomes.age_days
),

final as (
    select
        as_of_date,
        dimension_type,
        dimension_value,
        order_month_date,
        currency_code,
        max(product_key) as product_key,
        max(product_title) as product_title,
        max(product_category) as product_category,
        {{ sum_of_units('sold_units') }} as sold_units,
        {{ sum_of_units('returned_units') }} as returned_units,
        {{ sum_of_money('sold_amount') }} as sold_amount,
        {{ sum_of_money('returned_amount') }} as returned_amount,
        {{ sum_of_ratios('price_squares') }} as price_squares,
        {{ sum_of_ratios('known_units') }} as known_units,
        {{ sum_of_ratios('known_amount') }} as known_amount,
        {{ sum_of_ratios('known_units * share_returned_error') }}
            as known_units_error,
        {% for outcome in outcomes -%}
        {{ sum_of_ratios(outcome ~ '_units') }} as {{ outcome }}_units,
        {{ sum_of_ratios(outcome ~ '_amount') }} as {{ outcome }}_amount,
        {{ sum_of_ratios('future_' ~ outcome ~ '_units') }}
            as future_{{ outcome }}_units,
        {% endfor -%}
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
