{{ incremental_by('order_id') }}
{{ config(post_hook='{{ update_maturity() }}') }}

with order_lines as (
    select
        lines.*,
        {{ product_key('lines') }} as product_key
    from {{ ref('loop_returns', 'int_order_lines') }} as lines
    where
        lines.is_sold_line
        and {{ is_affected('order_id') }}
),

-- Not order_lines, because DuckDB would keep all its columns.
items as (
    select
        lines.sm_order_key,
        {{ product_key('lines') }} as product_key,
        lines.sku
    from {{ ref('loop_returns', 'int_order_lines') }} as lines
    where
        lines.is_sold_line
        and {{ is_affected('order_id') }}
),

return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where
        is_rate_unit
        and {{ is_affected('return_id') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where
        is_customer_order
        and loop_exclusion_reason is null
        and {{ is_affected('order_id') }}
),

customers as (
    select *
    from {{ ref('loop_returns', 'int_customers') }}
    where {{ is_affected('customer_id') }}
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

returned as (
    select
        sm_order_line_key,
        count(*) as returned_units,
        {{ sum_of_money('net_amount') }} as returned_amount
    from return_lines
    where sm_order_line_key is not null
    group by sm_order_line_key
),

orders_of_several_lines as (
    select sm_order_key
    from items
    group by sm_order_key
    having count(*) > 1
),

repeated_products as (
    select
        sm_order_key,
        product_key
    from items
    group by sm_order_key, product_key
    having count(*) > 1
),

repeated_skus as (
    select
        sm_order_key,
        sku
    from items
    group by sm_order_key, sku
    having count(*) > 1
),

sold as (
    select
        order_lines.sm_order_line_key,
        order_lines.sm_order_key,
        order_lines.product_id,
        order_lines.variant_id,
        order_lines.sku,
        order_lines.product_title,
        order_lines.variant_title,
        order_lines.product_category,
        order_lines.vendor,
        order_lines.unit_price_amount,
        order_lines.quantity as sold_units,
        order_lines.exchange_added_units,
        order_lines.net_amount as sold_amount,
        coalesce(returned.returned_units, 0) as returned_units,
        coalesce(returned.returned_amount, 0) as returned_amount,
        orders_of_several_lines.sm_order_key is null as is_only_line_of_order,
        repeated_products.sm_order_key is null
        and repeated_skus.sm_order_key is null as is_only_line_of_item
    from order_lines
    left join returned
        on order_lines.sm_order_line_key = returned.sm_order_line_key
    left join orders_of_several_lines
        on order_lines.sm_order_key = orders_of_several_lines.sm_order_key
    left join repeated_products
        on
            order_lines.sm_order_key = repeated_products.sm_order_key
            and order_lines.product_key = repeated_products.product_key
    left join repeated_skus
        on
            order_lines.sm_order_key = repeated_skus.sm_order_key
            and order_lines.sku = repeated_skus.sku
),

-- Returned units without an order line count too, but not for the goods that
-- Loop names: what was not sold would raise their rate, even above 1.
unlinked as (
    select
        cast(null as {{ dbt.type_string() }}) as sm_order_line_key,
        sm_order_key,
        cast(null as {{ dbt.type_string() }}) as product_id,
        cast(null as {{ dbt.type_string() }}) as variant_id,
        '(no line)' as sku,
        '(no line)' as product_title,
        cast(null as {{ dbt.type_string() }}) as variant_title,
        '(no line)' as product_category,
        cast(null as {{ dbt.type_string() }}) as vendor,
        cast(null as {{ type_money() }}) as unit_price_amount,
        0 as sold_units,
        0 as exchange_added_units,
        0 as sold_amount,
        1 as returned_units,
        net_amount as returned_amount,
        false as is_only_line_of_order,
        false as is_only_line_of_item
    from return_lines
    where sm_order_line_key is null and sm_order_key is not null
),

lines as (
    select * from sold
    union all
    select * from unlinked
),

final as (
    select
        lines.*,
        orders.order_id,
        orders.currency_code,
        orders.sales_channel,
        orders.order_channel,
        case
            when orders.sm_customer_key is null then '(guest)'
            else coalesce(customers.acquisition_channel, '(none) / (none)')
        end as acquisition_channel,
        orders.order_date,
        orders.order_month_date,
        {{ is_mature('orders.order_date') }} as is_mature,
        {{ built_at() }} as built_at
    from lines
    inner join orders
        on lines.sm_order_key = orders.sm_order_key
    left join customers
        on orders.sm_customer_key = customers.sm_customer_key
    cross join maturity
)

select *
from final
