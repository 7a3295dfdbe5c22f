with order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines_returned') }}
),

return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where is_rate_unit
),

orders as (
    select
        sm_order_key,
        max(order_date) as order_date,
        max(order_channel) as order_channel,
        max(currency_code) as currency_code
    from order_lines
    group by sm_order_key
),

units as (
    select
        order_date,
        product_category,
        order_channel,
        currency_code,
        cast(null as {{ dbt.type_bigint() }}) as days_to_return,
        sold_units,
        sold_amount,
        0 as returned_units,
        0 as returned_amount,
        0 as price_square
    from order_lines
    where sold_units > 0
    union all
    select
        orders.order_date,
        coalesce(order_lines.product_category, return_lines.product_category)
            as product_category,
        orders.order_channel,
        orders.currency_code,
        -- A return dated before its order counts on the day of the order.
        greatest(
            {{ days_between('orders.order_date', 'return_lines.return_date') }},
            0
        ) as days_to_return,
        0 as sold_units,
        0 as sold_amount,
        1 as returned_units,
        return_lines.net_amount as returned_amount,
        -- Invalid data must not make a square exceed its type.
        power(cast(
            least(abs(coalesce(return_lines.net_amount, 0)), 1000000)
            as {{ type_ratio() }}
        ), 2) as price_square
    from return_lines
    inner join orders
        on return_lines.sm_order_key = orders.sm_order_key
    left join order_lines
        on return_lines.sm_order_line_key = order_lines.sm_order_line_key
),

-- Each unit belongs to the shop, to a category and to a channel.
dimensions as (
    {% for dimension_type, value in [
        ('all', "'all'"), ('category', 'product_category'),
        ('channel', 'order_channel')
    ] -%}
    select
        '{{ dimension_type }}' as dimension_type,
        {{ value }} as dimension_value,
        order_date,
        currency_code,
        days_to_return,
        sold_units,
        sold_amount,
        returned_units,
        returned_amount,
        price_square
    from units
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

final as (
    select
        dimension_type,
        dimension_value,
        order_date,
        cast({{ dbt.date_trunc('month', 'order_date') }} as date)
            as order_month_date,
        currency_code,
        days_to_return,
        {{ sum_of_units('sold_units') }} as sold_units,
        {{ sum_of_money('sold_amount') }} as sold_amount,
        {{ sum_of_units('returned_units') }} as returned_units,
        {{ sum_of_money('returned_amount') }} as returned_amount,
        {{ sum_of_ratios('price_square') }} as price_squares
    from dimensions
    where order_date is not null
    group by 1, 2, 3, 4, 5, 6
)

select *
from final
