{#
    The lines nested in the orders of a Shopify source, one row per line.

    An order's JSON is dear to take apart, so only that of orders whose version
    is another than the one its lines were read with.
    `paths` says where in a line each of its fields is, none where it is not;
    `discount_amount` where in a discount its amount is.
#}
{% macro shopify_order_lines(source_name, list_field, paths, discount_amount) -%}
with source as (
    {{ raw_rows(source_name, 'orders') }}
),

orders as (
    select
        order_id,
        row_version
    from {{ ref('stg_' ~ source_name ~ '__orders') }}
),

changed as (
    select
        source.*,
        orders.order_id,
        orders.row_version
    from source
    inner join orders
        on {{ digits(raw_text('id')) }} = orders.order_id
    {%- if is_incremental() %}
    left join (
        select
            order_id,
            max(order_row_version) as row_version
        from {{ this }}
        group by order_id
    ) as known
        on orders.order_id = known.order_id
    where
        known.order_id is null
        or known.row_version <> orders.row_version
    {%- endif %}
),

order_lines as (
    select
        order_id,
        row_version as order_row_version,
        item
    from changed
    {{ json_typed_items(
        raw_json(list_field), 'line_items', paths.values()
    ) }}
),

renamed as (
    select
        -- ids
        '{{ var("store_id") }}' as store_id,
        order_id,
        {{ digits(json_item_text(paths['id'])) }} as order_line_id,
        {{ digits(json_item_text(paths['product_id'])) }} as product_id,
        {{ digits(json_item_text(paths['variant_id'])) }} as variant_id,
        -- text
        nullif(trim({{ json_item_text(paths['sku']) }}), '') as sku,
        {{ json_item_text(paths['title']) }} as product_title,
        {% if paths['variant_title'] -%}
        {{ json_item_text(paths['variant_title']) }}
        {%- else -%}
        cast(null as {{ dbt.type_string() }})
        {%- endif %} as variant_title,
        {{ json_item_text(paths['vendor']) }} as vendor,
        -- numerics
        {{ to_integer(json_item_text(paths['quantity'])) }} as quantity,
        {{ to_integer(json_item_text(paths['current_quantity'])) }}
            as current_quantity,
        coalesce({{ to_money(json_item_text(paths['price'])) }}, 0)
            as unit_price_amount,
        {{ json_item_list_sum(paths['discounts'], discount_amount) }}
            as discount_amount,
        -- booleans
        coalesce({{ json_item_text(paths['is_gift_card']) }} = 'true', false)
            as is_gift_card,
        -- load metadata
        order_row_version
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
