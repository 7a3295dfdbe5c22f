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

-- Few orders have two lines of a product or a SKU. Other orders are counted by
-- their lines.
order_lines as (
    select
        lines.*,
        {{ product_key('lines') }} as product_key
    from {{ ref('loop_returns', 'int_order_lines_returned') }} as lines
    where
        lines.sold_units > 0
        and (lines.returned_units > 0 or not lines.is_only_line_of_item)
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

lines as (
    select
        order_lines.*,
        order_dates.order_week,
        order_dates.data_through_date,
        variant_options.size
    from order_lines
    inner join order_dates
        on order_lines.order_date = order_dates.order_date
    left join variant_options
        on order_lines.variant_id = variant_options.variant_id
),

returned as (
    select
        lines.*,
        -- A return dated before its order counts on the day of the order.
        greatest(return_lines.return_date, lines.order_date) as return_date,
        return_lines.reason_group
    from lines
    inner join return_lines
        on lines.sm_order_line_key = return_lines.sm_order_line_key
    where return_lines.return_date <= lines.data_through_date
),

repeated_pairs as (
    {% for dimension_type, peer_group, dimension_value in dimensions -%}
    select
        '{{ dimension_type }}' as dimension_type,
        {{ peer_group }} as peer_group,
        {{ dimension_value }} as dimension_value,
        sm_order_key,
        max(order_month_date) as order_month_date,
        max(order_week) as order_week,
        max(product_category) as product_category,
        max(product_key) as product_key
    from lines
    where
        not is_only_line_of_item
        and {{ dimension_value }} is not null
    group by 1, 2, 3, 4
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

-- An item in an order came back on the day of its first return.
returned_pairs as (
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
        count(*) as returned_units,
        min(return_date) as return_date,
        min(reason_group) as reason_group
    from returned
    where {{ dimension_value }} is not null
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
    from repeated_pairs
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
    from returned_pairs
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
