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
        -- Weeks within a month: from the 1st, 8th, 15th, 22nd and 29th.
        cast(
            floor((extract(day from order_lines.order_date) - 1) / 7)
            as {{ dbt.type_bigint() }}
        ) as order_week,
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
        sold.*,
        -- A return dated before its order counts on the day of the order.
        greatest(return_lines.return_date, sold.order_date) as return_date,
        return_lines.reason_group
    from sold
    inner join return_lines
        on sold.sm_order_line_key = return_lines.sm_order_line_key
    where return_lines.return_date <= sold.data_through_date
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
final as (
    {% for dimension_type, peer_group, dimension_value in dimensions -%}
    select
        '{{ dimension_type }}' as dimension_type,
        {{ peer_group }} as peer_group,
        {{ dimension_value }} as dimension_value,
        order_month_date,
        order_week,
        cast(null as date) as return_date,
        cast(null as {{ dbt.type_string() }}) as reason_group,
        max(product_category) as product_category,
        max(product_key) as product_key,
        count(distinct sm_order_key) as orders,
        {{ sum_of_units('sold_units') }} as sold_units,
        cast(0 as {{ dbt.type_bigint() }}) as returned_units
    from sold
    where {{ dimension_value }} is not null
    group by 1, 2, 3, 4, 5
    union all
    {% endfor -%}
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
        cast(0 as {{ dbt.type_bigint() }}) as sold_units,
        {{ sum_of_units('returned_units') }} as returned_units
    from returned_pairs
    group by 1, 2, 3, 4, 5, 6, 7
)

select *
from final
