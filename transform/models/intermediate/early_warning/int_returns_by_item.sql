{#-
    How often each product, SKU and size was sold and came back, by the week of
    the order, the date of the return and the reason. An order counts once for
    an item, because units of one order come back together. Only orders of the
    month of data_through_date and of the five months before it are compared.
-#}
{%- set dimensions = [
    ('product', 'product_category', 'product_key'),
    ('sku', 'product_category', 'sku'),
    ('size', 'product_key', 'size'),
] -%}
with units_sold as (
    select *
    from {{ ref('loop_returns', 'int_units_sold_by_date') }}
    where sold_units > 0
),

return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where is_rate_unit
),

variant_options as (
    select *
    from {{ ref('loop_returns', 'int_variant_options') }}
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

order_dates as (
    select distinct
        units_sold.order_date,
        -- Weeks within a month: from the 1st, 8th, 15th, 22nd and 29th.
        cast(
            floor((extract(day from units_sold.order_date) - 1) / 7)
            as {{ dbt.type_bigint() }}
        ) as order_week,
        maturity.data_through_date
    from units_sold
    cross join maturity
    where
        units_sold.order_date <= maturity.data_through_date
        and units_sold.order_month_date
        > {{ dbt.dateadd('month', -6, 'maturity.data_through_date') }}
),

sold as (
    select
        units_sold.*,
        order_dates.order_week,
        variant_options.size
    from units_sold
    inner join order_dates
        on units_sold.order_date = order_dates.order_date
    left join variant_options
        on units_sold.variant_id = variant_options.variant_id
),

-- Few orders have two lines of a product or a SKU; only they are grouped to
-- orders.
{% for name, condition in [
    ('returned_lines', 'lines.returned_units > 0'),
    ('repeated_lines', 'not lines.is_only_line_of_item')
] -%}
{{ name }} as (
    select
        lines.*,
        {{ product_key('lines') }} as product_key,
        order_dates.order_week,
        order_dates.data_through_date,
        variant_options.size
    from {{ ref('loop_returns', 'int_order_lines_returned') }} as lines
    inner join order_dates
        on lines.order_date = order_dates.order_date
    left join variant_options
        on lines.variant_id = variant_options.variant_id
    where
        lines.sold_units > 0
        and {{ condition }}
),

{% endfor -%}
-- A line came back on the day of its first return. A return dated before its
-- order counts on the day of the order.
line_returns as (
    select
        returned_lines.sm_order_line_key,
        count(*) as returned_units,
        min(greatest(return_lines.return_date, returned_lines.order_date))
            as return_date,
        min(return_lines.reason_group) as reason_group
    from returned_lines
    inner join return_lines
        on returned_lines.sm_order_line_key = return_lines.sm_order_line_key
    where return_lines.return_date <= returned_lines.data_through_date
    group by returned_lines.sm_order_line_key
),

item_lines as (
    select *
    from returned_lines
    where is_only_line_of_item
    union all
    select *
    from repeated_lines
),

lines_with_returns as (
    select
        item_lines.*,
        line_returns.returned_units as line_returned_units,
        line_returns.return_date,
        line_returns.reason_group
    from item_lines
    left join line_returns
        on item_lines.sm_order_line_key = line_returns.sm_order_line_key
),

pairs as (
    {% for dimension_type, peer_group, dimension_value in dimensions -%}
    select
        '{{ dimension_type }}' as dimension_type,
        {{ peer_group }} as peer_group,
        {{ dimension_value }} as dimension_value,
        sm_order_key,
        max(order_month_date) as order_month_date,
        max(order_week) as order_week,
        max(product_category) as product_category,
        max(product_key) as product_key,
        sum(line_returned_units) as returned_units,
        min(return_date) as return_date,
        min(reason_group) as reason_group
    from lines_with_returns
    where
        not is_only_line_of_item
        and {{ dimension_value }} is not null
    group by 1, 2, 3, 4
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

-- All orders are counted without a return date, and those that came back again
-- with it.
counted as (
    {% for dimension_type, peer_group, dimension_value in dimensions -%}
    select
        '{{ dimension_type }}' as dimension_type,
        {{ peer_group }} as peer_group,
        {{ dimension_value }} as dimension_value,
        order_month_date,
        order_week,
        cast(null as date) as return_date,
        cast(null as {{ dbt.type_string() }}) as reason_group,
        product_category,
        product_key,
        only_lines as orders,
        sold_units,
        0 as returned_units
    from sold
    where {{ dimension_value }} is not null
    union all
    select
        '{{ dimension_type }}' as dimension_type,
        {{ peer_group }} as peer_group,
        {{ dimension_value }} as dimension_value,
        order_month_date,
        order_week,
        return_date,
        reason_group,
        product_category,
        product_key,
        1 as orders,
        0 as sold_units,
        line_returned_units as returned_units
    from lines_with_returns
    where
        is_only_line_of_item
        and return_date is not null
        and {{ dimension_value }} is not null
    union all
    {% endfor -%}
    select
        dimension_type,
        peer_group,
        dimension_value,
        order_month_date,
        order_week,
        cast(null as date) as return_date,
        cast(null as {{ dbt.type_string() }}) as reason_group,
        product_category,
        product_key,
        1 as orders,
        0 as sold_units,
        0 as returned_units
    from pairs
    union all
    select
        dimension_type,
        peer_group,
        dimension_value,
        order_month_date,
        order_week,
        return_date,
        reason_group,
        product_category,
        product_key,
        1 as orders,
        0 as sold_units,
        returned_units
    from pairs
    where return_date is not null
),

final as (
    select
        dimension_type,
        peer_group,
        dimension_value,
        order_month_date,
        order_week,
        return_date,
        reason_group,
        max(product_category) as product_category,
        max(product_key) as product_key,
        {{ sum_of_units('orders') }} as orders,
        {{ sum_of_units('sold_units') }} as sold_units,
        {{ sum_of_units('returned_units') }} as returned_units
    from counted
    group by 1, 2, 3, 4, 5, 6, 7
)

select *
from final
