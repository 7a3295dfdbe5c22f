{{ incremental_by('order_id', strategy='merge') }}
{{ config(
    enabled=var('shopify_source') == 'tap_shopify_rest',
    pre_hook="{{ delete_lost_rows(
        'tap_shopify_rest', 'orders', digits(raw_text('id')), 'order_id',
        'order_id', order_lines='stg_tap_shopify_rest__order_lines'
    ) }}"
) }}

{%- set journey = raw_json('customer_journey_summary') -%}

with loaded_orders as (
    {{ raw_rows('tap_shopify_rest', 'orders') }}
),

visits_source as (
    {{ raw_rows('tap_shopify_rest', 'customer_journey_summary') }}
),

-- Only Airbyte has a separate table of visits.
visits as (
    select
        {{ digits(raw_text('order_id')) }} as visited_order_id,
        {{ json_text(
            journey, '$.last_visit.utm_parameters.source'
        ) }} as visit_source,
        {{ json_text(
            journey, '$.last_visit.utm_parameters.medium'
        ) }} as visit_medium,
        {{ json_text(
            journey, '$.last_visit.utm_parameters.campaign'
        ) }} as visit_campaign
    from visits_source
    where {{ digits(raw_text('order_id')) }} is not null
),

-- The visit is part of an order's version, since it may be loaded later.
source as (
    select
        loaded_orders.*,
        visits.visit_source,
        visits.visit_medium,
        visits.visit_campaign
    from loaded_orders
    left join visits
        on {{ digits(raw_text('id')) }} = visits.visited_order_id
),

-- Parsing an order's JSON is expensive, so only changed orders are parsed.
changed as (
    {{ changed_rows(
        'tap_shopify_rest', 'orders', digits(raw_text('id')), 'order_id'
    ) }}
),

fulfilments as (
    select
        {{ digits(raw_text('id')) }} as order_id,
        item
    from {{ json_items('changed', raw_json('fulfillments')) }}
),

parcels as (
    select
        order_id,
        {{ to_timestamp(json_text('item', '$.created_at')) }} as shipped_at,
        case
            when {{ json_text('item', '$.shipment_status') }} = 'delivered'
                then {{ to_timestamp(json_text('item', '$.updated_at')) }}
        end as delivered_at
    from fulfilments
    where
        {{ is_shipment(json_text('item', '$.status')) }}
),

deliveries as (
    select
        order_id,
        min(shipped_at) as shipped_at,
        min(delivered_at) as delivered_at
    from parcels
    group by order_id
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(raw_text('id')) }} as order_id,
        {{ digits(json_text(raw_json('customer'), '$.id')) }} as customer_id,
        {{ digits(raw_text('app_id')) }} as app_id,
        -- text
        {{ raw_text('name') }} as order_name,
        lower({{ raw_text('financial_status') }}) as financial_status,
        coalesce(lower({{ raw_text('fulfillment_status') }}), 'unfulfilled')
            as fulfillment_status,
        {{ currency_code(raw_text('currency')) }} as currency_code,
        {{ currency_code(raw_text('presentment_currency')) }}
            as presentment_currency_code,
        {{ email_hash(
            'coalesce('
            ~ raw_text('email') ~ ', '
            ~ raw_text('contact_email') ~ ', '
            ~ json_text(raw_json('customer'), '$.email') ~ ')'
        ) }} as customer_email_hash,
        lower({{ raw_text('source_name') }}) as source_name,
        {{ raw_text('landing_site') }} as landing_page_url,
        {{ raw_text('referring_site') }} as referrer_url,
        {{ text_tags(raw_text('tags')) }} as order_tags,
        coalesce(
            {{ json_id_tags(raw_json('discount_codes'), 'code') }},
            ',,'
        ) as discount_codes,
        -- numerics
        {{ raw_money_or_zero('total_discounts') }} as discount_amount,
        {{ raw_money_or_zero('total_tax') }} as tax_amount,
        coalesce({{ to_money(json_text(
            raw_json('total_shipping_price_set'), '$.shop_money.amount'
        )) }}, 0) as shipping_amount,
        {{ raw_money_or_zero('total_price') }} as total_amount,
        {{ to_money(json_text(
            raw_json('total_price_set'), '$.presentment_money.amount'
        )) }} as presentment_total_amount,
        -- booleans
        coalesce({{ raw_boolean('taxes_included') }}, false)
            as is_tax_included,
        coalesce({{ raw_boolean('test') }}, false) as is_test,
        -- timestamps
        {{ raw_timestamp('created_at') }} as created_at,
        {{ raw_timestamp('processed_at') }} as processed_at,
        {{ raw_timestamp('updated_at') }} as updated_at,
        {{ raw_timestamp('cancelled_at') }} as cancelled_at,
        {{ kept_order_lines(raw_json('line_items')) }}
        {{ staged_pass_through('orders') }}
        -- load metadata
        row_version,
        {{ built_at() }} as built_at
    from changed
    where {{ digits(raw_text('id')) }} is not null
),

campaigns as (
    select
        {% for part in ['source', 'medium', 'campaign'] -%}
        lower(coalesce(
            changed.visit_{{ part }},
            {{ url_parameter(raw_text('landing_site'), 'utm_' ~ part) }}
        )) as utm_{{ part }},
        {% endfor -%}
        {{ digits(raw_text('id')) }} as order_id
    from changed
),

final as (
    select
        renamed.*,
        campaigns.utm_source,
        campaigns.utm_medium,
        campaigns.utm_campaign,
        deliveries.shipped_at,
        deliveries.delivered_at
    from renamed
    inner join campaigns
        on renamed.order_id = campaigns.order_id
    left join deliveries
        on renamed.order_id = deliveries.order_id
)

select *
from final
