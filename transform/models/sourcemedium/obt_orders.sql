{{ config(enabled=var('sourcemedium_views')) }}

with orders as (
    select *
    from {{ ref('loop_returns', 'int_sourcemedium_orders') }}
),

order_lines as (
    select *
    from {{ ref('loop_returns', 'obt_order_lines') }}
),

-- Refunded shipping is negative in Shopify's adjustments.
shipping_refunds as (
    select
        {{ sm_key('store_id', 'order_id') }} as sm_order_key,
        sum(shipping_adjustment_amount - shipping_tax_adjustment_amount)
            as order_shipping_refunds,
        sum(shipping_tax_adjustment_amount) as order_shipping_tax_refunds
    from {{ ref('loop_returns', 'int_refunds_booked') }}
    group by store_id, order_id
),

lines_summed as (
    select
        sm_order_key,
        sum(order_line_quantity) as order_cart_quantity,
        sum(order_line_refund_quantity) as order_refund_quantity,
        sum(order_line_refunds) as order_refunds,
        sum(order_line_gross_taxes) as order_gross_taxes,
        sum(order_line_tax_refunds) as order_tax_refunds,
        {{ dbt.listagg(
            'sku', "', '", 'order by order_line_id'
        ) }} as order_skus_csv,
        {{ dbt.listagg(
            'product_title', "', '", 'order by order_line_id'
        ) }} as order_product_titles_csv,
        {{ dbt.listagg(
            'product_variant_title', "', '", 'order by order_line_id'
        ) }} as order_product_variant_titles_csv,
        {{ dbt.listagg(
            'product_vendor', "', '", 'order by order_line_id'
        ) }} as order_vendors_csv
    from order_lines
    group by sm_order_key
),

joined as (
    select
        orders.*,
        lines_summed.order_skus_csv,
        lines_summed.order_product_titles_csv,
        lines_summed.order_product_variant_titles_csv,
        lines_summed.order_vendors_csv,
        lines_summed.order_gross_taxes,
        coalesce(lines_summed.order_cart_quantity, 0) as order_cart_quantity,
        coalesce(lines_summed.order_refund_quantity, 0)
            as order_refund_quantity,
        coalesce(lines_summed.order_refunds, 0) as order_refunds,
        coalesce(lines_summed.order_tax_refunds, 0) as order_tax_refunds,
        coalesce(shipping_refunds.order_shipping_refunds, 0)
            as order_shipping_refunds,
        coalesce(shipping_refunds.order_shipping_tax_refunds, 0)
            as order_shipping_tax_refunds
    from orders
    left join lines_summed
        on orders.sm_order_key = lines_summed.sm_order_key
    left join shipping_refunds
        on orders.sm_order_key = shipping_refunds.sm_order_key
),

final as (
    select
        -- ids
        sm_order_key,
        sm_customer_key,
        sm_store_id,
        source_system,
        order_id,
        order_name,
        customer_id,
        customer_email_hash as customer_email_hashed,
        -- text
        sm_channel,
        sales_sub_channel as sm_sub_channel,
        sales_channel as sm_default_channel,
        sales_channel as sm_order_sales_channel,
        sales_sub_channel as source_system_sales_channel,
        sm_utm_source,
        sm_utm_medium,
        sm_utm_campaign,
        sm_utm_source_medium,
        landing_page_url as sm_order_landing_page,
        referrer_url as order_referrer_url,
        {{ regexp_part(
            'lower(referrer_url)', '^https?://(?:www[.])?([^/:?#]+)'
        ) }} as sm_order_referrer_domain,
        financial_status as order_payment_status,
        currency_code as order_currency_code,
        order_tags_csv,
        discount_codes as order_discount_codes_csv,
        order_skus_csv,
        order_product_titles_csv,
        order_product_variant_titles_csv,
        order_vendors_csv,
        order_sequence,
        sm_valid_order_sequence,
        sm_order_type,
        subscription_order_sequence,
        -- numerics
        order_index,
        order_index_reversed,
        order_latency_days,
        sm_valid_order_index,
        sm_valid_order_index_reversed,
        sm_valid_order_latency_days,
        subscription_order_index,
        cast(order_cart_quantity as {{ dbt.type_bigint() }})
            as order_cart_quantity,
        cast(order_refund_quantity as {{ dbt.type_bigint() }})
            as order_refund_quantity,
        cast(
            order_cart_quantity + order_refund_quantity
            as {{ dbt.type_bigint() }}
        ) as order_cart_net_quantity,
        order_gross_revenue,
        cast(
            order_net_revenue_before_refunds - order_gross_revenue
            as {{ type_money() }}
        ) as order_discounts,
        cast(-order_discount_amount as {{ type_money() }})
            as order_total_discounts,
        cast(order_refunds as {{ type_money() }}) as order_refunds,
        cast(order_refunds + order_shipping_refunds as {{ type_money() }})
            as order_total_refunds,
        order_net_revenue_before_refunds,
        cast(
            order_net_revenue_before_refunds + order_refunds
            as {{ type_money() }}
        ) as order_net_revenue,
        order_shipping_amount as order_gross_shipping,
        cast(order_shipping_refunds as {{ type_money() }})
            as order_shipping_refunds,
        cast(
            order_shipping_amount + order_shipping_refunds
            as {{ type_money() }}
        ) as order_net_shipping,
        cast(order_gross_taxes as {{ type_money() }}) as order_gross_taxes,
        cast(order_tax_refunds as {{ type_money() }}) as order_tax_refunds,
        cast(order_gross_taxes + order_tax_refunds as {{ type_money() }})
            as order_net_taxes,
        cast(order_shipping_tax_refunds as {{ type_money() }})
            as order_shipping_tax_refunds,
        cast(
            order_tax_amount + order_tax_refunds + order_shipping_tax_refunds
            as {{ type_money() }}
        ) as order_total_taxes,
        days_to_earliest_refund as order_to_refund_days_earliest,
        days_to_latest_refund as order_to_refund_days_latest,
        -- booleans
        is_order_sm_valid,
        is_subscription_order,
        is_recurring_subscription_order,
        subscription_order_sequence = '1st_sub_order'
            as is_first_subscription_order,
        coalesce(order_index_reversed = 1, false) as is_latest_order,
        is_tax_included as is_price_tax_inclusive,
        -- dates
        earliest_order_refund_date,
        latest_order_refund_date,
        -- timestamps
        order_created_at,
        order_created_at_local_datetime,
        order_processed_at,
        order_processed_at_local_datetime,
        order_cancelled_at,
        {{ local_datetime('order_cancelled_at') }}
            as order_cancelled_at_local_datetime,
        {{ local_datetime('order_updated_at') }}
            as order_updated_at_local_datetime,
        order_updated_at,
        -- not filled
        {{ null_columns([
            'customer_device_type', 'customer_tags_csv',
            'order_cancellation_reason', 'order_checkout_id',
            'order_customer_street_address', 'order_number',
            'order_processing_method', 'order_product_tags_csv',
            'order_session_browser_type', 'order_session_user_agent',
            'order_shipping_city', 'order_shipping_country',
            'order_shipping_country_code', 'order_shipping_state',
            'order_shipping_zip_code', 'primary_order_payment_gateway',
            'sm_fbclid', 'sm_gclid', 'sm_utm_content', 'sm_utm_id',
            'sm_utm_term', 'sm_zero_party_attribution_source'
        ], dbt.type_string()) }},
        {{ null_columns([
            'gross_profit', 'order_duty_refunds', 'order_fulfillment_cost',
            'order_gross_duties', 'order_gross_shipping_taxes',
            'order_merchant_processing_fees', 'order_net_duties',
            'order_net_shipping_taxes', 'order_return_cost',
            'order_shipping_cost', 'order_shipping_discounts',
            'order_total_revenue', 'product_cost', 'product_gross_profit'
        ], type_money()) }},
        {{ null_columns([
            'order_to_refund_months_earliest', 'order_to_refund_months_latest',
            'order_to_refund_weeks_earliest', 'order_to_refund_weeks_latest'
        ], dbt.type_bigint()) }}
    from joined
)

select *
from final
