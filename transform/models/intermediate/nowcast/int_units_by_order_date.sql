{%- set outcomes = ['refund', 'exchange', 'credit'] -%}
{%- set keys = [
    'order_channel', 'product_key', 'sku', 'product_title', 'product_category'
] -%}
with units_sold as (
    select *
    from {{ ref('loop_returns', 'int_units_sold_by_date') }}
    where sold_units > 0
),

-- Only lines that came back are joined to their returned units.
order_lines as (
    select
        lines.*,
        {{ product_key('lines') }} as product_key
    from {{ ref('loop_returns', 'int_order_lines_returned') }} as lines
    where
        lines.sm_order_line_key is not null
        and lines.returned_units > 0
),

return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where is_rate_unit
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where
        is_customer_order
        and loop_exclusion_reason is null
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

returned as (
    select
        orders.order_date,
        orders.order_channel,
        orders.currency_code,
        -- A unit without an order line counts only for the shop and a channel.
        order_lines.product_key,
        order_lines.sku,
        order_lines.product_title,
        order_lines.product_category,
        -- A return dated before its order counts on the day of the order.
        greatest(
            {{ days_between('orders.order_date', 'return_lines.return_date') }},
            0
        ) as days_to_return,
        return_lines.net_amount,
        return_lines.line_outcome
    from return_lines
    inner join orders
        on return_lines.sm_order_key = orders.sm_order_key
    left join order_lines
        on return_lines.sm_order_line_key = order_lines.sm_order_line_key
),

units as (
    select
        order_date,
        currency_code,
        {{ keys | join(',\n        ') }},
        cast(null as {{ dbt.type_bigint() }}) as days_to_return,
        sold_units,
        sold_amount,
        0 as returned_units,
        0 as returned_amount,
        {% for outcome in outcomes -%}
        0 as {{ outcome }}_units,
        0 as {{ outcome }}_amount,
        {% endfor -%}
        cast(0 as {{ type_ratio() }}) as price_squares
    from units_sold
    union all
    select
        order_date,
        currency_code,
        {{ keys | join(',\n        ') }},
        days_to_return,
        0 as sold_units,
        0 as sold_amount,
        count(*) as returned_units,
        {{ sum_of_money('net_amount') }} as returned_amount,
        {% for outcome in outcomes -%}
        {{ count_if("line_outcome = '" ~ outcome ~ "'") }}
            as {{ outcome }}_units,
        {{ sum_of_money(
            "case when line_outcome = '" ~ outcome
            ~ "' then net_amount else 0 end"
        ) }} as {{ outcome }}_amount,
        {% endfor -%}
        -- Invalid data must not make a square exceed its type.
        {{ sum_of_ratios(
            'power(cast(least(abs(coalesce(net_amount, 0)), 1000000)'
            ~ ' as ' ~ type_ratio() ~ '), 2)'
        ) }} as price_squares
    from returned
    group by
        order_date, currency_code, days_to_return, {{ keys | join(', ') }}
),

-- The months of the nowcast.
recent_units as (
    select units.*
    from units
    cross join maturity
    where
        {{ is_in_nowcast_months(
            'units.order_date', 'maturity.data_through_date'
        ) }}
),

-- Each unit belongs to the shop, to a category and to a channel; in the months
-- of the nowcast also to a product and a SKU.
dimensions as (
    {% for dimension_type, value, table in [
        ('all', "'all'", 'units'),
        ('category', 'product_category', 'units'),
        ('channel', 'order_channel', 'units'),
        ('product', 'product_key', 'recent_units'),
        ('sku', 'sku', 'recent_units')
    ] -%}
    select
        '{{ dimension_type }}' as dimension_type,
        {{ value }} as dimension_value,
        {% for label in ['product_key', 'product_title', 'product_category'] -%}
        {{ label if dimension_type in ['product', 'sku']
            else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as {{ label }},
        {% endfor -%}
        order_date,
        currency_code,
        days_to_return,
        sold_units,
        sold_amount,
        returned_units,
        returned_amount,
        {% for outcome in outcomes -%}
        {{ outcome }}_units,
        {{ outcome }}_amount,
        {% endfor -%}
        price_squares
    from {{ table }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

final as (
    select
        dimension_type,
        dimension_value,
        max(product_key) as product_key,
        max(product_title) as product_title,
        max(product_category) as product_category,
        order_date,
        cast({{ dbt.date_trunc('month', 'order_date') }} as date)
            as order_month_date,
        currency_code,
        days_to_return,
        {{ sum_of_units('sold_units') }} as sold_units,
        {{ sum_of_money('sold_amount') }} as sold_amount,
        {{ sum_of_units('returned_units') }} as returned_units,
        {{ sum_of_money('returned_amount') }} as returned_amount,
        {% for outcome in outcomes -%}
        {{ sum_of_units(outcome ~ '_units') }} as {{ outcome }}_units,
        {{ sum_of_money(outcome ~ '_amount') }} as {{ outcome }}_amount,
        {% endfor -%}
        {{ sum_of_ratios('price_squares') }} as price_squares
    from dimensions
    where order_date is not null and dimension_value is not null
    group by
        dimension_type, dimension_value, order_date, currency_code,
        days_to_return
)

select *
from final
