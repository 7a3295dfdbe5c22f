{{ incremental_by('sm_order_key') }}
{{ config(
    pre_hook="{{ extend_contract() }}",
    post_hook=['{{ update_maturity() }}', '{{ update_variant_options() }}']
) }}
-- depends_on: {{ ref('loop_returns', 'int_return_maturity') }}

with order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines_returned') }}
    where
        sm_order_line_key is not null
        and {{ is_affected('order_id') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where {{ is_affected('order_id') }}
),

variant_options as (
    select *
    from {{ ref('loop_returns', 'int_variant_options') }}
),

{{ pass_through_cte('order_lines') }}
final as (
    select
        -- ids
        order_lines.sm_order_line_key,
        order_lines.sm_order_key,
        orders.sm_store_id,
        orders.sm_customer_key,
        order_lines.product_id,
        order_lines.variant_id,
        -- text
        order_lines.sku,
        order_lines.product_title,
        order_lines.variant_title,
        variant_options.size,
        variant_options.colour,
        order_lines.product_category,
        order_lines.vendor,
        orders.order_channel,
        orders.currency_code,
        -- numerics
        order_lines.sold_units,
        cast(order_lines.returned_units as {{ dbt.type_bigint() }})
            as returned_units,
        order_lines.unit_price_amount,
        cast(order_lines.sold_amount as {{ type_money() }}) as sold_amount,
        cast(order_lines.returned_amount as {{ type_money() }})
            as returned_amount,
        -- booleans
        order_lines.is_mature,
        -- dates
        orders.order_date,
        orders.order_month_date,
        {{ passed_through('order_lines', 'staged', with_alias=true) }}
        -- build
        {{ built_at() }} as built_at
    from order_lines
    inner join orders
        on order_lines.sm_order_key = orders.sm_order_key
    left join variant_options
        on order_lines.variant_id = variant_options.variant_id
    {{ pass_through_join('order_lines', 'order_lines') }}
)

select *
from final
