{%- set outcomes = {
    'refund': 'refunded', 'exchange': 'exchanged', 'credit': 'credited'
} -%}
with nowcast as (
    select *
    from {{ ref('loop_returns', 'int_returns_expected_by_outcome') }}
),

seen as (
    select *
    from {{ ref('loop_returns', 'int_returns_seen') }}
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

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
    where period_type = 'month'
),

mature_periods as (
    select *
    from {{ ref('loop_returns', 'int_eligible_orders_summed_to_periods') }}
    where maturity = 'to_date'
),

-- Units of all currencies count; amounts are in one currency.
amounts as (
    select
        seen.*,
        {{ ratio('seen.sold_amount', 'seen.sold_units') }} as unit_price,
        least(
            {{ ratio('seen.returned_amount', 'seen.returned_units') }}, 1000000
        ) as returned_price
    from seen
    inner join maturity
        on seen.as_of_date = maturity.data_through_date
    inner join currencies
        on seen.currency_code = currencies.currency_code
),

-- The price of a returned unit relative to the goods sold in its month and
-- value, and the variance of prices.
prices as (
    select
        dimension_type,
        coalesce(
            {{ sum_of_ratios('returned_amount') }}
            / nullif({{ sum_of_ratios('returned_units * unit_price') }}, 0), 1
        ) as price_ratio,
        coalesce(
            {{ sum_of_ratios('price_squares') }} / nullif({{ sum_of_ratios(
                'returned_units * returned_price * returned_price'
            ) }}, 0), 1
        ) as price_spread
    from amounts
    group by dimension_type
),

expected as (
    select
        nowcast.*,
        maturity.data_through_date,
        amounts.currency_code,
        amounts.sold_amount,
        amounts.returned_amount,
        {% for outcome in outcomes -%}
        amounts.{{ outcome }}_amount,
        {% endfor -%}
        nowcast.future_variance * nowcast.calibration as units_variance,
        nowcast.future_rate * prices.price_ratio
        * greatest(
            cast(coalesce(amounts.sold_amount, 0) as {{ type_ratio() }})
            - coalesce(amounts.known_amount, 0), 0
        ) as future_amount,
        nowcast.future_rate * greatest(
            coalesce(amounts.sold_units - amounts.known_units, 0), 0
        ) as future_units_of_currency,
        greatest(coalesce(prices.price_spread, 1), 1) as price_spread
    from nowcast
    inner join maturity
        on nowcast.as_of_date = maturity.data_through_date
    left join amounts
        on
            nowcast.dimension_type = amounts.dimension_type
            and nowcast.dimension_value = amounts.dimension_value
            and nowcast.order_month_date = amounts.order_month_date
    left join prices
        on nowcast.dimension_type = prices.dimension_type
),

-- Units of other currencies share the variance of the rate, but not the
-- variance of chance. Amounts of the outcomes are differences of rounded sums,
-- so they add up.
with_variances as (
    select
        *,
        future_amount * future_amount * coalesce(
            greatest(
                units_variance
                - calibration * dispersion * future_returned_units, 0
            ) / nullif(future_returned_units * future_returned_units, 0)
            + calibration * dispersion * price_spread
            / nullif(future_units_of_currency, 0), 0
        ) as amount_variance,
        0.5 * future_amount / nullif(future_units_of_currency, 0)
            as half_price,
        refund_amount + future_amount * refund_share_to_come
            as amount_up_to_refund,
        refund_amount + exchange_amount + future_amount
        * (refund_share_to_come + exchange_share_to_come)
            as amount_up_to_exchange
    from expected
),

bounds as (
    select
        {% for share in [80, 95] -%}
        {{ gamma_bound(
            'future_returned_units', 'units_variance', share, 'lower'
        ) }} as units_lower_{{ share }},
        least({{ gamma_bound(
            'future_returned_units', 'units_variance', share, 'upper'
        ) }}, greatest(sold_units - returned_units, 0))
            as units_upper_{{ share }},
        {{ gamma_bound(
            'future_amount', 'amount_variance', share, 'lower',
            'half_price'
        ) }} as amount_lower_{{ share }},
        {{ gamma_bound(
            'future_amount', 'amount_variance', share, 'upper',
            'half_price'
        ) }} as amount_upper_{{ share }},
        {% endfor -%}
        *
    from with_variances
),

final as (
    select
        'unit_return_rate_expected' as metric_name,
        'order' as date_basis,
        periods.period_type,
        bounds.dimension_type,
        bounds.dimension_value,
        bounds.product_title,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        coalesce(mature_periods.is_period_mature, false) as is_period_mature,
        bounds.known_units >= bounds.sold_units as is_period_finished,
        bounds.data_through_date,
        cast(bounds.sold_units as {{ dbt.type_bigint() }}) as sold_units,
        cast(bounds.returned_units as {{ dbt.type_bigint() }})
            as returned_units,
        bounds.known_units / bounds.sold_units as share_known,
        bounds.returned_units + bounds.future_returned_units
            as expected_returned_units,
        {% for share in [80, 95] -%}
        bounds.returned_units + bounds.units_lower_{{ share }}
            as expected_returned_units_lower_{{ share }},
        bounds.returned_units + bounds.units_upper_{{ share }}
            as expected_returned_units_upper_{{ share }},
        {% endfor -%}
        {% for outcome, participle in outcomes.items() -%}
        bounds.{{ outcome }}_units
        + bounds.future_returned_units * bounds.{{ outcome }}_share_to_come
            as expected_{{ participle }}_units,
        {% endfor -%}
        {{ ratio('bounds.returned_units', 'bounds.sold_units') }}
            as unit_return_rate,
        (bounds.returned_units + bounds.future_returned_units)
        / bounds.sold_units as unit_return_rate_expected,
        {% for share in [80, 95] -%}
        (bounds.returned_units + bounds.units_lower_{{ share }})
        / bounds.sold_units as unit_return_rate_expected_lower_{{ share }},
        (bounds.returned_units + bounds.units_upper_{{ share }})
        / bounds.sold_units as unit_return_rate_expected_upper_{{ share }},
        {% endfor -%}
        bounds.currency_code,
        cast(bounds.sold_amount as {{ type_money() }}) as sold_amount,
        cast(bounds.returned_amount as {{ type_money() }}) as returned_amount,
        cast(
            bounds.returned_amount + {{ round_money('bounds.future_amount') }}
            as {{ type_money() }}
        ) as expected_returned_amount,
        {% for share in [80, 95] -%}
        cast(
            bounds.returned_amount
            + {{ round_money('bounds.amount_lower_' ~ share) }}
            as {{ type_money() }}
        ) as expected_returned_amount_lower_{{ share }},
        cast(
            bounds.returned_amount
            + {{ round_money('bounds.amount_upper_' ~ share) }}
            as {{ type_money() }}
        ) as expected_returned_amount_upper_{{ share }},
        {% endfor -%}
        {{ round_money('bounds.amount_up_to_refund') }}
            as expected_refunded_amount,
        cast(
            {{ round_money('bounds.amount_up_to_exchange') }}
            - {{ round_money('bounds.amount_up_to_refund') }}
            as {{ type_money() }}
        ) as expected_exchanged_amount,
        cast(
            bounds.returned_amount + {{ round_money('bounds.future_amount') }}
            - {{ round_money('bounds.amount_up_to_exchange') }}
            as {{ type_money() }}
        ) as expected_credited_amount,
        {{ ratio('bounds.returned_amount', 'bounds.sold_amount') }}
            as value_return_rate,
        {{ ratio(
            'bounds.returned_amount + '
            ~ round_money('bounds.future_amount'), 'bounds.sold_amount'
        ) }} as value_return_rate_expected
    from bounds
    inner join periods
        on bounds.order_month_date = periods.month_date
    left join mature_periods
        on periods.period = mature_periods.period
    where bounds.sold_units > 0
)

select *
from final
