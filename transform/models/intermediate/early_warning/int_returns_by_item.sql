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
with order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines_returned') }}
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

sold as (
    select
        order_lines.sm_order_line_key,
        order_lines.sm_order_key,
        order_lines.order_date,
        order_lines.order_month_date,
        order_lines.product_category,
        {{ product_key('order_lines') }} as product_key,
        order_lines.sku,
        variant_options.size,
        order_lines.sold_units,
        maturity.data_through_date
    from order_lines
    left join variant_options
        on order_lines.variant_id = variant_options.variant_id
    cross join maturity
    where
        order_lines.sold_units > 0
        and order_lines.order_date <= maturity.data_through_date
        and order_lines.order_month_date
        > {{ dbt.dateadd('month', -6, 'maturity.data_through_date') }}
),

returned as (
    select
        sold.sm_order_line_key,
        count(*) as returned_units,
        -- A return dated before its order counts on the day of the order.
        min(greatest(return_lines.return_date, sold.order_date))
            as return_date,
        min(return_lines.reason_group) as reason_group
    from sold
    inner join return_lines
        on sold.sm_order_line_key = return_lines.sm_order_line_key
    where return_lines.return_date <= sold.data_through_date
    group by 1
),

lines as (
    select
        sold.*,
        returned.returned_units,
        returned.return_date,
        returned.reason_group
    from sold
    left join returned
        on sold.sm_order_line_key = returned.sm_order_line_key
),

-- An item in an order. It came back on the day of its first return.
pairs as (
    {% for dimension_type, peer_group, dimension_value in dimensions -%}
    select
        '{{ dimension_type }}' as dimension_type,
        {{ peer_group }} as peer_group,
        {{ dimension_value }} as dimension_value,
        sm_order_key,
        max(order_date) as order_date,
        max(order_month_date) as order_month_date,
        max(product_category) as product_category,
        max(product_key) as product_key,
        sum(sold_units) as sold_units,
        sum(returned_units) as returned_units,
        min(return_date) as return_date,
        min(reason_group) as reason_group
    from lines
    where {{ dimension_value }} is not null
    group by 1, 2, 3, 4
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

-- Weeks within a month: from the 1st, 8th, 15th, 22nd and 29th.
weeks as (
    select
        *,
        cast(
            floor((extract(day from order_date) - 1) / 7)
            as {{ dbt.type_bigint() }}
        ) as order_week
    from pairs
),

-- Items that did not come back have no return date.
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
        count(*) as orders,
        {{ sum_of_units('sold_units') }} as sold_units,
        {{ sum_of_units('coalesce(returned_units, 0)') }} as returned_units
    from weeks
    group by 1, 2, 3, 4, 5, 6, 7
)

select *
from final
