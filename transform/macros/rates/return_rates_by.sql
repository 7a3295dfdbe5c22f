{#
    Unit, order and value return rates by columns of the order lines.

    `keys` identify a row and `labels` are further columns that describe it, as
    its newest order line has them.
    `groups` are the columns that name the groups whose rates a rate is pooled
    towards, the smallest group first; see `pooled_return_rates`. Each value of
    the keys in `apart` has separate ranks and shares. `lines` is the model of
    the lines, and its column `only_line` is true for lines that no other line of
    their order shares the keys with.

    Units are counted over all currencies. Amounts are in the shop's main
    currency, which is a column of the row; they are null if nothing was sold in
    it.
#}
{% macro return_rates_by(
    keys,
    labels=[],
    groups=[],
    apart=[],
    lines='int_order_lines_returned',
    only_line='is_only_line_of_order'
) -%}
{%- set row_keys = keys | join(', ') -%}
with order_lines as (
    select *
    from {{ ref('loop_returns', lines) }}
),

currencies as (
    select *
    from {{ ref('loop_returns', 'dim_currencies') }}
    where is_main_currency
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
),

-- Units of every currency count, but only amounts in the main currency.
lines as (
    select
        order_lines.*,
        {{ product_key('order_lines') }} as product_key,
        currencies.currency_code as amount_currency_code,
        case when currencies.currency_code is not null
            then order_lines.sold_amount
        end as sold_amount_of_currency,
        case when currencies.currency_code is not null
            then order_lines.returned_amount
        end as returned_amount_of_currency
    from order_lines
    left join currencies
        on order_lines.currency_code = currencies.currency_code
),

{% if labels -%}
labelled as (
    select
        {{ (keys + labels) | join(',\n        ') }},
        row_number() over (
            partition by {{ row_keys }}
            order by max(order_date) desc, max(sm_order_line_key) desc
        ) as position
    from lines
    group by {{ (keys + labels) | join(', ') }}
),

{% endif -%}
-- An order counts once for each value of the keys that its lines have. Most
-- orders need not be grouped for this.
orders as (
    select
        order_id,
        {{ row_keys }},
        order_month_date,
        is_mature,
        max(sold_units) as sold_units,
        max(returned_units) as returned_units
    from lines
    where not {{ only_line }}
    group by order_id, {{ row_keys }}, order_month_date, is_mature
),

-- Lines are summed straight to months, not by order first, because there are
-- far more orders than months.
counted as (
    select
        {{ row_keys }},
        order_month_date,
        is_mature,
        sum(sold_units) as sold_units,
        sum(returned_units) as returned_units,
        max(amount_currency_code) as currency_code,
        sum(sold_amount_of_currency) as sold_amount,
        sum(returned_amount_of_currency) as returned_amount,
        {{ count_if(only_line ~ ' and sold_units > 0') }} as order_count,
        {{ count_if(only_line ~ ' and sold_units > 0 and returned_units > 0') }}
            as returned_order_count
    from lines
    group by {{ row_keys }}, order_month_date, is_mature
    union all
    select
        {{ row_keys }},
        order_month_date,
        is_mature,
        0 as sold_units,
        0 as returned_units,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        cast(null as {{ type_money() }}) as sold_amount,
        cast(null as {{ type_money() }}) as returned_amount,
        {{ count_if('sold_units > 0') }} as order_count,
        {{ count_if('sold_units > 0 and returned_units > 0') }}
            as returned_order_count
    from orders
    group by {{ row_keys }}, order_month_date, is_mature
),

months as (
    select
        {{ row_keys }},
        order_month_date,
        is_mature,
        sum(sold_units) as sold_units,
        sum(returned_units) as returned_units,
        max(currency_code) as currency_code,
        sum(sold_amount) as sold_amount,
        sum(returned_amount) as returned_amount,
        sum(order_count) as order_count,
        sum(returned_order_count) as returned_order_count
    from counted
    group by {{ row_keys }}, order_month_date, is_mature
),

variants as (
    {{ by_maturity('months') }}
),

summed as (
    select
        variants.maturity,
        periods.period_type,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        {% for key in keys -%}
        variants.{{ key }},
        {% endfor -%}
        {% for label in labels -%}
        labelled.{{ label }},
        {% endfor -%}
        sum(variants.sold_units) as sold_units,
        sum(variants.returned_units) as returned_units,
        max(variants.currency_code) as currency_code,
        sum(variants.sold_amount) as sold_amount,
        sum(variants.returned_amount) as returned_amount,
        sum(variants.order_count) as order_count,
        sum(variants.returned_order_count) as returned_order_count,
        sum(case when variants.is_mature then variants.order_count end)
            as mature_order_count
    from variants
    inner join periods
        on variants.order_month_date = periods.month_date
    {%- if labels %}
    inner join labelled
        on
            {% for key in keys -%}
            variants.{{ key }} = labelled.{{ key }}
            and {% endfor -%}
            labelled.position = 1
    {%- endif %}
    group by
        variants.maturity,
        periods.period_type,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        {% for label in labels -%}
        labelled.{{ label }},
        {% endfor -%}
        {% for key in keys -%}
        variants.{{ key }}{{ ',' if not loop.last }}
        {% endfor -%}
),

{{ pooled_return_rates(['maturity', 'period'] + apart, groups) }},

rated as (
    select
        *,
        {{ ratio('returned_units', 'sold_units') }} as unit_return_rate,
        {{ wilson_bound('returned_units', 'sold_units', 'lower') }}
            as unit_return_rate_lower,
        {{ wilson_bound('returned_units', 'sold_units', 'upper') }}
            as unit_return_rate_upper,
        {{ ratio('pooled_returned_units', 'pooled_sold_units') }}
            as unit_return_rate_pooled,
        {{ wilson_bound('pooled_returned_units', 'pooled_sold_units', 'lower') }}
            as unit_return_rate_pooled_lower,
        {{ wilson_bound('pooled_returned_units', 'pooled_sold_units', 'upper') }}
            as unit_return_rate_pooled_upper,
        -- The period of a row is mature if the share of mature orders among
        -- all orders of the row is at least mature_share_minimum.
        coalesce(max(case when maturity = 'to_date' then
            {{ ratio('mature_order_count', 'order_count') }}
        end) over (partition by {{ row_keys }}, period), 0)
        >= {{ var('mature_share_minimum') }} as is_period_mature,
        sold_units > 0
        {%- if 'option_value' in keys %} and option_value <> '(none)'{% endif %}
            as is_ranked
    from pooled
),

final as (
    select
        'unit_return_rate' as metric_name,
        'order' as date_basis,
        maturity,
        period_type,
        period,
        period_start_date,
        is_current_period,
        is_period_mature,
        {{ row_keys }},
        {% for label in labels -%}
        {{ label }},
        {% endfor -%}
        cast(sold_units as {{ dbt.type_bigint() }}) as sold_units,
        cast(returned_units as {{ dbt.type_bigint() }}) as returned_units,
        unit_return_rate,
        unit_return_rate_lower,
        unit_return_rate_upper,
        unit_return_rate_pooled,
        unit_return_rate_pooled_lower,
        unit_return_rate_pooled_upper,
        is_ranked,
        case
            when is_ranked then row_number() over (
                partition by
                    maturity, period, is_ranked
                    {%- for column in apart %}, {{ column }}{% endfor %}
                order by
                    unit_return_rate_pooled desc,
                    returned_units desc,
                    sold_units desc,
                    {{ row_keys }}
            )
        end as return_rank,
        {{ ratio(
            'sum(case when is_ranked then returned_units else 0 end) over ('
            ~ 'partition by ' ~ (['maturity', 'period'] + apart) | join(', ')
            ~ ')',
            'sum(returned_units) over ('
            ~ 'partition by ' ~ (['maturity', 'period'] + apart) | join(', ')
            ~ ')'
        ) }} as ranked_unit_share,
        cast(order_count as {{ dbt.type_bigint() }}) as order_count,
        cast(returned_order_count as {{ dbt.type_bigint() }})
            as returned_order_count,
        {{ ratio('returned_order_count', 'order_count') }}
            as order_with_sku_return_rate,
        currency_code,
        cast(sold_amount as {{ type_money() }}) as sold_amount,
        cast(returned_amount as {{ type_money() }}) as returned_amount,
        {{ ratio('returned_amount', 'sold_amount') }} as value_return_rate
    from rated
)

select *
from final
{%- endmacro %}
