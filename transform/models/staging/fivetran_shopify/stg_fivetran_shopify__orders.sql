{{ config(enabled=var('shopify_source') == 'fivetran_shopify') }}

with source as (
    {{ typed_rows('fivetran_shopify', 'order') }}
),

fulfilments as (
    {{ typed_rows('fivetran_shopify', 'fulfillment') }}
),

order_tags as (
    {{ typed_rows('fivetran_shopify', 'order_tag') }}
),

order_discount_codes as (
    {{ typed_rows('fivetran_shopify', 'order_discount_code') }}
),

order_url_tags as (
    {{ typed_rows('fivetran_shopify', 'order_url_tag') }}
),

customer_visits as (
    {{ typed_rows('fivetran_shopify', 'customer_visit') }}
),

shipments as (
    select
        {{ digits(typed_text('order_id')) }} as order_id,
        min({{ to_timestamp(typed_text('created_at')) }}) as shipped_at
    from fulfilments
    where
        {{ is_shipment(typed_text('status')) }}
    group by 1
),

tags as (
    select
        {{ digits(typed_text('order_id')) }} as order_id,
        ',' || lower({{ dbt.listagg(
            "trim(" ~ typed_text('value') ~ ")", "','",
            "order by " ~ typed_text('index')
        ) }}) || ',' as order_tags
    from order_tags
    group by 1
),

codes as (
    select
        {{ digits(typed_text('order_id')) }} as order_id,
        ',' || lower({{ dbt.listagg(
            "trim(" ~ typed_text('code') ~ ")", "','",
            "order by " ~ typed_text('index')
        ) }}) || ',' as discount_codes
    from order_discount_codes
    group by 1
),

url_tags as (
    select
        {{ digits(typed_text('order_id')) }} as order_id,
    {% for part in ['source', 'medium', 'campaign'] -%}
    max(case
        when {{ typed_text('key') }} = 'utm_{{ part }}'
            then {{ typed_text('value') }}
        end) as utm_{{ part }}
    {{- "," if not loop.last }}
    {% endfor %}
    from order_url_tags
    group by 1
),

-- The last visit before the order, as in the other sources.
visits as (
    select
        {{ digits(typed_text('order_id')) }} as order_id,
        {{ typed_text('landing_page') }} as landing_page_url,
        {{ typed_text('referrer_url') }} as referrer_url,
        {% for part in ['source', 'medium', 'campaign'] -%}
        {{ typed_text('utm_parameters_' ~ part) }} as utm_{{ part }},
        {% endfor -%}
        row_number() over (
            partition by {{ digits(typed_text('order_id')) }}
            order by {{ to_timestamp(typed_text('occurred_at')) }} desc
        ) as visit_position
    from customer_visits
),

-- The schema named rest and the one named graphql differ in column names.
renamed as (
    select
        {{ text_literal(var('store_id')) }} as store_id,
        {{ digits(typed_text('id')) }} as order_id,
        {{ digits(typed_text('customer_id')) }} as customer_id,
        {{ digits(typed_text('app_id')) }} as app_id,
        {{ typed_text('name') }} as order_name,
        lower(coalesce(
            {{ typed_text('financial_status') }},
            {{ typed_text('display_financial_status') }}
        )) as financial_status,
        lower(coalesce(
            {{ typed_text('fulfillment_status') }},
            {{ typed_text('display_fulfillment_status') }},
            'unfulfilled'
        )) as fulfillment_status,
        coalesce(
            {{ currency_code(typed_text('currency')) }},
            {{ currency_code(typed_text('currency_code')) }}
        ) as currency_code,
        coalesce(
            {{ currency_code(typed_text('presentment_currency')) }},
            {{ currency_code(typed_text('presentment_currency_code')) }}
        ) as presentment_currency_code,
        {{ email_hash(typed_text('email')) }} as customer_email_hash,
        lower({{ typed_text('source_name') }}) as source_name,
        {{ typed_text('landing_site_base_url') }} as order_landing_page_url,
        {{ typed_text('referring_site') }} as order_referrer_url,
        {% for name, columns in {
            'discount_amount':
                ['total_discounts', 'total_discounts_set_shop_amount'],
            'tax_amount': ['total_tax', 'total_tax_set_shop_amount'],
            'total_amount': ['total_price', 'total_price_set_shop_amount'],
        }.items() -%}
        coalesce(
            {{ to_money(typed_text(columns[0])) }},
            {{ to_money(typed_text(columns[1])) }},
            0
        ) as {{ name }},
        {% endfor -%}
        coalesce(
            {{ to_money(json_text(
                typed_json('total_price_set'),
                '$.presentment_money.amount'
            )) }},
            {{ to_money(
                typed_text('total_price_set_pres_amount')
            ) }}
        ) as presentment_total_amount,
        coalesce(
            {{ to_money(json_text(
                typed_json('total_shipping_price_set'),
                '$.shop_money.amount'
            )) }},
            {{ to_money(
                typed_text('total_shipping_price_set_shop_amount')
            ) }},
            0
        ) as shipping_amount,
        coalesce(lower({{ typed_text('taxes_included') }}) = 'true', false)
            as is_tax_included,
        coalesce(lower({{ typed_text('test') }}) = 'true', false) as is_test,
        {{ staged_pass_through('orders', rows='typed') }}
        {{ to_timestamp(typed_text('created_at')) }} as created_at,
        {{ to_timestamp(typed_text('processed_at')) }} as processed_at,
        {{ to_timestamp(typed_text('updated_at')) }} as updated_at,
        {{ to_timestamp(typed_text('cancelled_at')) }} as cancelled_at,
        cast(null as {{ dbt.type_timestamp() }}) as delivered_at,
        cast(null as {{ dbt.type_timestamp() }}) as built_at
    from source
    where {{ digits(typed_text('id')) }} is not null
),

final as (
    select
        renamed.*,
        coalesce(renamed.order_landing_page_url, visits.landing_page_url)
            as landing_page_url,
        coalesce(renamed.order_referrer_url, visits.referrer_url)
            as referrer_url,
        {% for part in ['source', 'medium', 'campaign'] -%}
        lower(coalesce(
            url_tags.utm_{{ part }},
            visits.utm_{{ part }},
            {{ url_parameter('visits.landing_page_url', 'utm_' ~ part) }}
        )) as utm_{{ part }},
        {% endfor -%}
        coalesce(tags.order_tags, ',,') as order_tags,
        coalesce(codes.discount_codes, ',,') as discount_codes,
        shipments.shipped_at
    from renamed
    left join shipments
        on renamed.order_id = shipments.order_id
    left join tags
        on renamed.order_id = tags.order_id
    left join codes
        on renamed.order_id = codes.order_id
    left join url_tags
        on renamed.order_id = url_tags.order_id
    left join visits
        on
            renamed.order_id = visits.order_id
            and visits.visit_position = 1
)

select *
from final
