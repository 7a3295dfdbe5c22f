{{ incremental_by('order_id', strategy='merge') }}
{{ config(
    enabled=var('shopify_source') == 'tap_shopify_graphql',
    pre_hook="{{ delete_lost_rows(
        'tap_shopify_graphql', 'orders', digits(raw_text('id')), 'order_id',
        'order_id', order_lines='stg_tap_shopify_graphql__order_lines'
    ) }}"
) }}

{%- set landing = json_text(
    raw_json('customerJourneySummary'), '$.lastVisit.landingPage'
) -%}
{%- set referrer = json_text(
    raw_json('customerJourneySummary'), '$.lastVisit.referrerUrl'
) -%}

with source as (
    {{ raw_rows('tap_shopify_graphql', 'orders') }}
),

-- Parsing an order's JSON is expensive, so only changed orders are parsed.
changed as (
    {{ changed_rows(
        'tap_shopify_graphql', 'orders', digits(raw_text('id')), 'order_id'
    ) }}
),

fulfilments as (
    select
        {{ digits(raw_text('id')) }} as order_id,
        item
    from {{ json_items('changed', raw_json('fulfillments')) }}
),

shipments as (
    select
        order_id,
        min({{ to_timestamp(json_text('item', '$.createdAt')) }})
            as shipped_at,
        min({{ to_timestamp(json_text('item', '$.deliveredAt')) }})
            as delivered_at
    from fulfilments
    where
        {{ is_shipment(json_text('item', '$.status')) }}
    group by order_id
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(raw_text('id')) }} as order_id,
        {{ digits(json_text(raw_json('customer'), '$.id')) }} as customer_id,
        {{ digits(json_text(raw_json('app'), '$.id')) }} as app_id,
        -- text
        {{ raw_text('name') }} as order_name,
        lower({{ raw_text('displayFinancialStatus') }}) as financial_status,
        lower({{ raw_text('displayFulfillmentStatus') }})
            as fulfillment_status,
        {{ currency_code(raw_text('currencyCode')) }} as currency_code,
        {{ currency_code(raw_text('presentmentCurrencyCode')) }}
            as presentment_currency_code,
        {{ email_hash(
            'coalesce('
            ~ raw_text('email') ~ ', '
            ~ json_text(raw_json('customer'), '$.email') ~ ')'
        ) }} as customer_email_hash,
        lower({{ raw_text('sourceName') }}) as source_name,
        {{ landing }} as landing_page_url,
        {{ referrer }} as referrer_url,
        lower({{ url_parameter(landing, 'utm_source') }}) as utm_source,
        lower({{ url_parameter(landing, 'utm_medium') }}) as utm_medium,
        lower({{ url_parameter(landing, 'utm_campaign') }}) as utm_campaign,
        {{ json_tags(raw_json('tags')) }} as order_tags,
        {{ json_tags(raw_json('discountCodes')) }} as discount_codes,
        -- numerics
        {{ raw_shop_money('totalDiscountsSet') }} as discount_amount,
        {{ raw_shop_money('totalTaxSet') }} as tax_amount,
        {{ raw_shop_money('totalShippingPriceSet') }} as shipping_amount,
        {{ raw_shop_money('totalPriceSet') }} as total_amount,
        {{ to_money(json_text(
            raw_json('totalPriceSet'), '$.presentmentMoney.amount'
        )) }} as presentment_total_amount,
        -- booleans
        coalesce({{ raw_boolean('taxesIncluded') }}, false)
            as is_tax_included,
        coalesce({{ raw_boolean('test') }}, false) as is_test,
        -- timestamps
        {{ raw_timestamp('createdAt') }} as created_at,
        {{ raw_timestamp('processedAt') }} as processed_at,
        {{ raw_timestamp('updatedAt') }} as updated_at,
        {{ raw_timestamp('cancelledAt') }} as cancelled_at,
        {{ kept_order_lines(raw_json('lineItems')) }}
        {{ staged_pass_through('orders') }}
        -- load metadata
        row_version,
        {{ built_at() }} as built_at
    from changed
    where {{ digits(raw_text('id')) }} is not null
),

final as (
    select
        renamed.*,
        shipments.shipped_at,
        shipments.delivered_at
    from renamed
    left join shipments
        on renamed.order_id = shipments.order_id
)

select *
from final
