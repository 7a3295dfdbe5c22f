{{ incremental_by('order_id') }}

with order_lines as (
    select *
    from {{ ref('loop_returns', 'stg_order_lines') }}
    where {{ is_affected('order_id') }}
),

products as (
    select *
    from {{ ref('loop_returns', 'stg_products') }}
),

native_exchange_lines as (
    select *
    from {{ ref('loop_returns', 'int_native_exchange_lines_detected') }}
    where {{ is_affected('order_id') }}
),

units_taken_off as (
    select *
    from {{ ref('loop_returns', 'int_units_taken_off_order_lines') }}
    where {{ is_affected('order_id') }}
),

tax_shares as (
    select *
    from {{ ref('loop_returns', 'int_tax_shares_of_order_lines') }}
    where {{ is_affected('order_id') }}
),

joined as (
    select
        order_lines.store_id,
        order_lines.order_id,
        order_lines.order_line_id,
        order_lines.product_id,
        order_lines.variant_id,
        order_lines.sku,
        order_lines.product_title,
        -- Shopify gives the only variant of a product the title Default Title.
        nullif(order_lines.variant_title, 'Default Title') as variant_title,
        nullif(trim(products.product_type), '') as product_type,
        coalesce(order_lines.vendor, products.vendor) as vendor,
        order_lines.quantity as ordered_quantity,
        greatest(
            order_lines.quantity
            - coalesce(units_taken_off.taken_off_units, 0),
            0
        ) as kept_quantity,
        native_exchange_lines.exchange_units,
        order_lines.unit_price_amount,
        order_lines.discount_amount,
        not order_lines.is_gift_card
        and {{ is_merchandise_type(
            'products.product_type', 'order_lines.product_title'
        ) }}
            as is_merchandise,
        1 - coalesce(tax_shares.tax_share, 0) as share_without_tax
    from order_lines
    left join products
        on
            order_lines.store_id = products.store_id
            and order_lines.product_id = products.product_id
    left join native_exchange_lines
        on
            order_lines.store_id = native_exchange_lines.store_id
            and order_lines.order_line_id
            = native_exchange_lines.order_line_id
    left join units_taken_off
        on
            order_lines.store_id = units_taken_off.store_id
            and order_lines.order_line_id = units_taken_off.order_line_id
    left join tax_shares
        on
            order_lines.store_id = tax_shares.store_id
            and order_lines.order_line_id = tax_shares.order_line_id
),

-- Units that an exchange added to a bought line do not count as sold.
counted as (
    select
        *,
        coalesce(
            case when exchange_units < kept_quantity then exchange_units end,
            0
        ) as exchange_added_units,
        coalesce(exchange_units >= kept_quantity, false) as is_exchange_line,
        coalesce(
            case
                when exchange_units < kept_quantity
                    then kept_quantity - exchange_units
                else kept_quantity
            end,
            0
        ) as quantity
    from joined
),

final as (
    select
        {{ sm_key('store_id', 'order_line_id') }} as sm_order_line_key,
        {{ sm_key('store_id', 'order_id') }} as sm_order_key,
        store_id,
        order_id,
        order_line_id,
        product_id,
        variant_id,
        {{ sku_or_name('sku') }} as sku,
        product_title,
        variant_title,
        coalesce(product_type, '(none)') as product_category,
        vendor,
        quantity,
        exchange_added_units,
        cast(unit_price_amount as {{ type_money() }}) as unit_price_amount,
        is_exchange_line,
        is_merchandise,
        is_merchandise and not is_exchange_line as is_sold_line,
        {{ round_money('unit_price_amount * quantity * share_without_tax') }}
            as gross_amount,
        -- discount_amount is the discount of all units that were ordered.
        {{ round_money(
            '(unit_price_amount * quantity - discount_amount * coalesce('
            ~ ratio('quantity', 'ordered_quantity')
            ~ ', 0)) * share_without_tax'
        ) }} as net_amount,
        {{ built_at() }} as built_at
    from counted
)

select *
from final
