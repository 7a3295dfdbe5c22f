with order_lines as (
    {{ adapter_rows(var('shopify_source'), 'order_lines', {
        'store_id': dbt.type_string(),
        'order_id': dbt.type_string(),
        'order_line_id': dbt.type_string(),
        'product_id': dbt.type_string(),
        'variant_id': dbt.type_string(),
        'sku': dbt.type_string(),
        'product_title': dbt.type_string(),
        'variant_title': dbt.type_string(),
        'vendor': dbt.type_string(),
        'quantity': dbt.type_bigint(),
        'current_quantity': dbt.type_bigint(),
        'unit_price_amount': type_money(),
        'discount_amount': type_money(),
        'is_gift_card': dbt.type_boolean(),
        'order_row_version': dbt.type_string()
    }) }}
),

orders as (
    select *
    from {{ ref('stg_orders') }}
),

-- A line read with an older version of its order is gone from it.
current_rows as (
    select order_lines.*
    from order_lines
    inner join orders
        on
            order_lines.store_id = orders.store_id
            and order_lines.order_id = orders.order_id
            and order_lines.order_row_version
            is not distinct from orders.row_version
)

select *
from current_rows
