{#-
    The rows of the nowcast, with the outcomes of the units that came back, and
    the shares of the units still to come that will become a refund, an exchange
    and store credit: the shop's shares at the later ages of the row's orders,
    times how often the value's returns have ended that way, compared with the
    shop's. Twenty returns that end like the shop's are added to the returns of
    each value.
-#}
{%- set outcomes = ['refund', 'exchange', 'credit'] -%}
with seen as (
    select *
    from {{ ref('loop_returns', 'int_returns_seen') }}
),

nowcast as (
    select *
    from {{ ref('loop_returns', 'int_returns_nowcast') }}
    union all
    select *
    from {{ ref('loop_returns', 'int_returns_expected_by_item') }}
),

months as (
    select
        as_of_date,
        dimension_type,
        dimension_value,
        order_month_date,
        max(product_title) as product_title,
        {% for outcome in outcomes -%}
        {{ sum_of_ratios(outcome ~ '_units') }} as {{ outcome }}_units,
        {{ sum_of_ratios('future_' ~ outcome ~ '_units') }}
            as future_{{ outcome }}_units,
        {% endfor -%}
        sum(returned_units) as returned_units
    from seen
    group by 1, 2, 3, 4
),

of_values as (
    select
        as_of_date,
        dimension_type,
        dimension_value,
        {% for outcome in outcomes -%}
        {{ sum_of_ratios(outcome ~ '_units') }} as value_{{ outcome }}_units,
        {% endfor -%}
        sum(returned_units) as value_units
    from months
    group by 1, 2, 3
),

joined as (
    select
        {% for outcome in outcomes -%}
        months.future_{{ outcome }}_units * (20 + coalesce(
            of_values.value_{{ outcome }}_units / nullif({{ ratio(
                'shops.value_' ~ outcome ~ '_units', 'shops.value_units'
            ) }}, 0),
            of_values.value_units
        )) as {{ outcome }}_weight,
        {% endfor -%}
        months.*
    from months
    inner join of_values
        on
            months.as_of_date = of_values.as_of_date
            and months.dimension_type = of_values.dimension_type
            and months.dimension_value = of_values.dimension_value
    inner join of_values as shops
        on
            months.as_of_date = shops.as_of_date
            and shops.dimension_type = 'all'
),

final as (
    select
        nowcast.*,
        {% for outcome in outcomes -%}
        joined.{{ outcome }}_units,
        coalesce({{ ratio(
            'joined.' ~ outcome ~ '_weight',
            '(joined.refund_weight + joined.exchange_weight'
            ~ ' + joined.credit_weight)'
        ) }}, 0) as {{ outcome }}_share_to_come,
        {% endfor -%}
        joined.product_title
    from nowcast
    inner join joined
        on
            nowcast.as_of_date = joined.as_of_date
            and nowcast.dimension_type = joined.dimension_type
            and nowcast.dimension_value = joined.dimension_value
            and nowcast.order_month_date = joined.order_month_date
)

select *
from final
