{#
    The lines nested in the orders of a Shopify source, one row per line.

    Parsing an order's JSON is slow, so only orders that changed since the
    watermark are parsed. delete_lines_of_changed_orders removes their old
    lines. `paths` maps each field to its JSON path in a line, or to none if the
    source lacks the field. `discount_amount` is the path of the amount in a
    discount, `tax_amount` in a tax.
#}
{% macro shopify_order_lines(
    source_name, list_field, paths, discount_amount, tax_amount
) -%}
{%- set title = json_item_text(paths['title']) -%}
{%- set name = json_item_text(paths['name']) -%}
{%- set read = paths.values() | list -%}
{%- for field in pass_through('order_lines') -%}
    {%- do read.append(json_path(field.path)) -%}
{%- endfor -%}
{%- set orders = ref('loop_returns', 'stg_' ~ source_name ~ '__orders') -%}
{%- set oldest = none -%}
{%- set since = watermark() -%}
{%- if since and raw_is_stamped(source_name, 'orders') -%}
    {#- None if a changed order has no load timestamp. -#}
    {%- set oldest = run_query(
        'select case when count(*) = count(case when row_version'
        ~ " like '____-__-__ %' then 1 end)"
        ~ ' then coalesce(min(row_version), now()::varchar) end'
        ~ ' from ' ~ orders ~ ' where built_at > ' ~ since
    ).rows[0][0] -%}
{%- endif -%}

with {% if target.type == 'bigquery' -%}
changed as (
    select
        order_id,
        order_lines_json
    from {{ orders }}
),
{%- else -%}
loaded as (
    {{ raw_rows(source_name, 'orders') }}
),

source as (
    select *
    from loaded
    {%- if oldest %}
    where _sdc_batched_at >= cast('{{ oldest }}' as timestamp)
    {%- endif %}
),

orders as (
    select order_id
    from {{ orders }}
    {%- if since %}
    where built_at > {{ since }}
    {%- endif %}
),

changed as (
    select
        orders.order_id,
        {{ raw_json(list_field) }} as order_lines_json
    from source
    inner join orders
        on {{ digits(raw_text('id')) }} = orders.order_id
),
{%- endif %}

order_lines as (
    select
        order_id,
        item
    from {{ json_typed_items('changed', 'order_lines_json', read) }}
),

renamed as (
    select
        -- ids
        {{ text_literal(var('store_id')) }} as store_id,
        order_id,
        {{ digits(json_item_text(paths['id'])) }} as order_line_id,
        {{ digits(json_item_text(paths['product_id'])) }} as product_id,
        {{ digits(json_item_text(paths['variant_id'])) }} as variant_id,
        -- text
        nullif(trim({{ json_item_text(paths['sku']) }}), '') as sku,
        {{ title }} as product_title,
        {% if paths['variant_title'] -%}
        {{ json_item_text(paths['variant_title']) }}
        {%- else -%}
        {{ title_after(name, title) }}
        {%- endif %} as variant_title,
        {{ json_item_text(paths['vendor']) }} as vendor,
        -- numerics
        {{ to_integer(json_item_text(paths['quantity'])) }} as quantity,
        {{ to_integer(json_item_text(paths['current_quantity'])) }}
            as current_quantity,
        coalesce({{ to_money(json_item_text(paths['price'])) }}, 0)
            as unit_price_amount,
        cast({{ json_item_list_sum(paths['discounts'], discount_amount) }}
            as {{ type_money() }}) as discount_amount,
        cast({{ json_item_list_sum(paths['taxes'], tax_amount) }}
            as {{ type_money() }}) as tax_amount,
        -- booleans
        coalesce({{ json_item_text(paths['is_gift_card']) }} = 'true', false)
            as is_gift_card,
        {{ staged_pass_through('order_lines', rows='items') }}
        -- load metadata
        {{ built_at() }} as built_at
    from order_lines
),

final as (
    select *
    from renamed
    where order_line_id is not null
)

select *
from final
{%- endmacro %}

{# Pre-hook: deletes all lines of changed orders, since an order may have lost
lines. #}
{% macro delete_lines_of_changed_orders(source_name) -%}
    {%- set since = watermark() -%}
    {%- if since -%}
    delete from {{ this }}
    where
        order_id in (
            select order_id
            from {{ ref('loop_returns', 'stg_' ~ source_name ~ '__orders') }}
            where built_at > {{ since }}
        )
    {%- endif -%}
{%- endmacro %}
