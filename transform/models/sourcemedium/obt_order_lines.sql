{{ config(enabled=var('sourcemedium_views')) }}

with order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines') }}
),

shopify_lines as (
    select *
    from {{ ref('loop_returns', 'stg_order_lines') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_sourcemedium_orders') }}
),

-- A refund line of restock type cancel is an edit: the unit was never sent, and
-- does not count as ordered either.
refunded as (
    select
        {{ sm_key('store_id', 'order_line_id') }} as sm_order_line_key,
        sum(quantity) as refunded_quantity,
        sum(subtotal_amount) as refunded_amount,
        sum(tax_amount) as refunded_tax
    from {{ ref('loop_returns', 'stg_refund_lines') }}
    where
        order_line_id is not null
        and coalesce(restock_type, '') <> 'cancel'
    group by store_id, order_line_id
),

joined as (
    select
        order_lines.*,
        shopify_lines.is_gift_card,
        shopify_lines.tax_amount,
        coalesce(refunded.refunded_quantity, 0) as refunded_quantity,
        case
            when order_lines.is_sold_line then order_lines.gross_amount
            else 0
        end as sold_gross,
        case
            when order_lines.is_sold_line then order_lines.net_amount
            else 0
        end as sold_net,
        case
            when order_lines.is_sold_line
                then coalesce(refunded.refunded_amount, 0)
            else 0
        end as sold_refunded,
        coalesce(refunded.refunded_tax, 0) as refunded_tax,
        sum(order_lines.quantity) over (
            partition by order_lines.sm_order_key
        ) as cart_quantity,
        min(case when shopify_lines.is_gift_card then 1 else 0 end) over (
            partition by order_lines.sm_order_key
        ) as is_each_a_gift_card
    from order_lines
    inner join shopify_lines
        on
            order_lines.store_id = shopify_lines.store_id
            and order_lines.order_line_id = shopify_lines.order_line_id
    left join refunded
        on order_lines.sm_order_line_key = refunded.sm_order_line_key
),

final as (
    select
        -- ids
        joined.sm_order_line_key,
        joined.sm_order_key,
        orders.sm_customer_key,
        orders.sm_store_id,
        orders.source_system,
        joined.order_id,
        joined.order_line_id,
        joined.product_id,
        joined.variant_id as product_variant_id,
        {{ sm_key('joined.store_id', 'joined.variant_id') }}
            as sm_product_variant_key,
        orders.customer_id,
        -- text
        joined.sku,
        joined.product_title,
        joined.variant_title as product_variant_title,
        nullif(joined.product_category, '(none)') as product_type,
        joined.vendor as product_vendor,
        orders.sm_channel,
        orders.sales_sub_channel as sm_sub_channel,
        orders.sales_channel as sm_order_sales_channel,
        orders.sm_utm_source,
        orders.sm_utm_medium,
        orders.sm_utm_campaign,
        orders.sm_utm_source_medium,
        orders.order_sequence,
        orders.sm_order_type,
        orders.subscription_order_sequence,
        orders.financial_status as order_payment_status,
        orders.order_tags_csv,
        orders.discount_codes as order_line_discount_codes_csv,
        -- numerics
        cast(joined.quantity as {{ dbt.type_bigint() }})
            as order_line_quantity,
        cast(-joined.refunded_quantity as {{ dbt.type_bigint() }})
            as order_line_refund_quantity,
        cast(
            joined.quantity - joined.refunded_quantity
            as {{ dbt.type_bigint() }}
        ) as order_line_net_quantity,
        cast(joined.cart_quantity as {{ dbt.type_bigint() }})
            as order_cart_quantity,
        joined.unit_price_amount as product_variant_price,
        cast(joined.sold_gross as {{ type_money() }})
            as order_line_gross_revenue,
        cast(joined.sold_net - joined.sold_gross as {{ type_money() }})
            as order_line_discounts,
        cast(joined.sold_net - joined.sold_gross as {{ type_money() }})
            as order_line_total_discounts,
        cast(-joined.sold_refunded as {{ type_money() }})
            as order_line_refunds,
        cast(-joined.sold_refunded as {{ type_money() }})
            as order_line_total_refunds,
        cast(joined.sold_net as {{ type_money() }})
            as order_line_net_revenue_before_refunds,
        cast(joined.sold_net - joined.sold_refunded as {{ type_money() }})
            as order_line_net_revenue,
        joined.tax_amount as order_line_gross_taxes,
        cast(-joined.refunded_tax as {{ type_money() }})
            as order_line_tax_refunds,
        cast(joined.tax_amount - joined.refunded_tax as {{ type_money() }})
            as order_line_net_taxes,
        cast(joined.tax_amount - joined.refunded_tax as {{ type_money() }})
            as order_line_total_taxes,
        orders.order_index,
        orders.sm_valid_order_index,
        orders.sm_valid_order_index_reversed,
        orders.subscription_order_index,
        orders.days_to_earliest_refund as order_to_refund_days,
        -- booleans
        orders.is_order_sm_valid,
        joined.is_gift_card as is_product_gift_card,
        joined.is_each_a_gift_card = 1 as is_order_only_gift_cards,
        -- dates
        orders.earliest_order_refund_date,
        orders.latest_order_refund_date,
        -- timestamps
        orders.order_created_at_local_datetime,
        orders.order_processed_at,
        orders.order_processed_at_local_datetime,
        -- not filled
        {{ null_columns([
            'customer_tags_csv', 'order_line_product_collection_handles_csv',
            'order_line_product_collection_titles_csv', 'order_line_type',
            'order_number', 'order_shipping_city', 'order_shipping_country',
            'order_shipping_country_code', 'order_shipping_state',
            'order_shipping_zip_code', 'primary_product_image_url',
            'product_tags_csv', 'sm_utm_id',
            'sm_zero_party_attribution_source', 'subscription_id'
        ], dbt.type_string()) }},
        {{ null_columns([
            'order_line_duty_refunds', 'order_line_fulfillment_cost',
            'order_line_gross_duties', 'order_line_gross_profit',
            'order_line_gross_shipping', 'order_line_gross_shipping_taxes',
            'order_line_merchant_processing_fees', 'order_line_net_duties',
            'order_line_net_shipping', 'order_line_net_shipping_taxes',
            'order_line_product_cost', 'order_line_product_gross_profit',
            'order_line_return_cost', 'order_line_shipping_cost',
            'order_line_shipping_discounts', 'order_line_shipping_refunds',
            'order_line_shipping_tax_refunds', 'order_line_total_revenue',
            'product_variant_compare_at_price',
            'source_system_configured_product_cost',
            'user_configured_product_cost'
        ], type_money()) }},
        {{ null_columns(
            ['order_to_refund_months', 'order_to_refund_weeks'],
            dbt.type_bigint()
        ) }},
        {{ null_columns(
            ['is_order_line_subscription'], dbt.type_boolean()
        ) }}
    from joined
    inner join orders
        on joined.sm_order_key = orders.sm_order_key
)

select *
from final
