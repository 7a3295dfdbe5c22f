{{ incremental_by('return_id') }}

with return_line_items as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_line_items') }}
    where {{ is_affected('return_id') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where {{ is_affected('return_id') }}
),

links as (
    select *
    from {{ ref('loop_returns', 'int_return_lines_linked') }}
    where {{ is_affected('return_id') }}
),

order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines') }}
    where {{ is_affected('order_id') }}
),

units_on_orders as (
    select
        sm_order_key,
        {{ sum_of_units('case when is_merchandise then quantity else 0 end') }}
            as unit_count
    from order_lines
    group by sm_order_key
),

products as (
    select *
    from {{ ref('loop_returns', 'stg_products') }}
),

reason_mappings as (
    select *
    from {{ ref('return_reason_mappings') }}
),

joined as (
    select
        return_line_items.*,
        returns.return_state,
        returns.outcome_group,
        returns.return_created_at,
        returns.return_date,
        returns.return_month_date,
        returns.root_order_month_date,
        returns.root_order_date,
        returns.is_counted_return,
        returns.is_realised_return,
        returns.is_warranty,
        returns.is_tax_in_price,
        returns.refund_amount,
        returns.currency_code,
        returns.sm_order_key,
        returns.sm_customer_key,
        returns.return_order_role,
        links.sm_order_line_key,
        links.line_link_method,
        order_lines.quantity as order_line_quantity,
        coalesce(order_lines.is_exchange_line, false) as is_exchange_line,
        order_lines.is_sold_line,
        order_lines.sku as order_sku,
        units_on_orders.unit_count as order_unit_count,
        -- A unit without an order line still has its product id. Loop's title
        -- includes the variant's title.
        coalesce(order_lines.product_title, products.product_title)
            as shop_product_title,
        case
            when order_lines.sm_order_line_key is not null
                then order_lines.variant_title
            else nullif({{ title_after(
                'return_line_items.product_title', 'products.product_title'
            ) }}, 'Default Title')
        end as variant_title,
        coalesce(
            order_lines.product_category,
            nullif(trim(products.product_type), '')
        ) as product_category,
        coalesce(order_lines.vendor, products.vendor) as vendor,
        coalesce(
            order_lines.is_merchandise,
            {{ is_merchandise_type(
                'products.product_type',
                'coalesce(products.product_title,'
                ~ ' return_line_items.product_title)'
            ) }}
        ) as is_merchandise,
        returns.line_refund_amount as return_line_refund_amount,
        reason_mappings.reason_group
    from return_line_items
    inner join returns
        on return_line_items.return_id = returns.return_id
    inner join links
        on
            return_line_items.return_id = links.return_id
            and return_line_items.return_line_item_id
            = links.return_line_item_id
    left join order_lines
        on links.sm_order_line_key = order_lines.sm_order_line_key
    left join units_on_orders
        on returns.sm_order_key = units_on_orders.sm_order_key
    left join reason_mappings
        on
            return_line_items.parent_return_reason
            = reason_mappings.parent_return_reason
            and coalesce(return_line_items.return_reason, '(no reason)')
            = coalesce(reason_mappings.return_reason, '(no reason)')
    left join products
        on
            return_line_items.store_id = products.store_id
            and return_line_items.product_id = products.product_id
),

-- Units beyond the quantity of their order line are flagged, since counting
-- them would count a unit twice. Units without a line are limited to the units
-- of the order that are not returned otherwise.
numbered as (
    select
        *,
        is_counted_return and not is_warranty as is_rate_candidate,
        row_number() over (
            partition by
                sm_order_line_key,
                case when sm_order_line_key is null then sm_order_key end,
                is_counted_return and not is_warranty
            order by return_created_at, return_id, return_line_item_id
        ) as unit_position
    from joined
),

held as (
    select
        *,
        case
            when sm_order_line_key is not null then order_line_quantity
            else order_unit_count - sum(case
                when
                    sm_order_line_key is not null
                    and is_rate_candidate
                    and is_merchandise
                    and unit_position <= order_line_quantity
                    then 1
                else 0
            end) over (partition by sm_order_key)
        end as units_to_return
    from numbered
),

capped as (
    select
        *,
        coalesce(
            is_rate_candidate and unit_position > units_to_return, false
        ) as is_over_line_quantity
    from held
),

final as (
    select
        store_id,
        return_id,
        return_line_item_id,
        sm_order_key,
        sm_customer_key,
        sm_order_line_key,
        line_link_method,
        product_id,
        variant_id,
        exchange_variant_id,
        coalesce(order_sku, {{ sku_or_name('sku') }}) as sku,
        coalesce(shop_product_title, product_title) as product_title,
        variant_title,
        coalesce(product_category, '(none)') as product_category,
        vendor,
        coalesce(parent_return_reason, '(no reason)')
            as parent_return_reason,
        coalesce(return_reason, '(no reason)') as return_reason,
        coalesce(reason_group, parent_return_reason, '(no reason)')
            as reason_group,
        reason_group is not null as is_reason_mapped,
        return_comment,
        condition_category,
        disposition_outcome,
        restock_location_id,
        line_outcome_raw,
        case
            when line_outcome_raw in ('exchange', 'upsell') then 'exchange'
            when line_outcome_raw = 'refund' then 'refund'
            when
                line_outcome_raw in (
                    'credit', 'gift card', 'gift_card',
                    'store credit', 'store_credit'
                )
                then 'credit'
            when exchange_variant_id is not null then 'exchange'
            when outcome_group in ('exchange', 'refund', 'credit')
                then outcome_group
            when
                outcome_group = 'mixed'
                and line_refund_amount > 0
                and return_line_refund_amount = refund_amount
                then 'refund'
            else 'unresolved'
        end as line_outcome,
        currency_code,
        cast(abs(price_amount) as {{ type_money() }}) as price_amount,
        discount_amount,
        tax_amount,
        line_refund_amount,
        cast(
            abs(price_amount) - discount_amount
            - case when is_tax_in_price then tax_amount else 0 end
            as {{ type_money() }}
        ) as net_amount,
        price_amount < 0 as is_price_negative,
        line_outcome_raw
        in {{ text_list(['keep', 'keep item', 'donate', 'donation']) }}
            as is_kept,
        case
            when disposition_outcome is not null
                then disposition_outcome = 'back_to_stock'
        end as is_resold,
        is_counted_return,
        is_realised_return,
        is_warranty,
        is_exchange_line,
        is_merchandise,
        is_over_line_quantity,
        -- Units in unit_return_rate: each sold unit counts as returned once at
        -- most.
        is_rate_candidate
        and is_merchandise
        and return_order_role = 'customer'
        and coalesce(is_sold_line, true)
        and not is_over_line_quantity as is_rate_unit,
        return_state,
        return_order_role,
        outcome_group,
        return_date,
        return_month_date,
        root_order_date,
        root_order_month_date,
        returned_at,
        inspected_at,
        {{ built_at() }} as built_at
    from capped
)

select *
from final
