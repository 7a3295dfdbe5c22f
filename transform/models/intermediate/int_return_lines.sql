{{ incremental_by('return_id') }}

with return_line_items as (
    select *
    from {{ ref('stg_loop_returns__return_line_items') }}
    where {{ is_affected('return_id') }}
),

returns as (
    select *
    from {{ ref('int_returns_joined_to_orders') }}
    where {{ is_affected('return_id') }}
),

links as (
    select *
    from {{ ref('int_return_lines_linked') }}
    where {{ is_affected('return_id') }}
),

order_lines as (
    select *
    from {{ ref('int_order_lines') }}
    where {{ is_affected('order_id') }}
),

products as (
    select *
    from {{ ref('stg_products') }}
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
        -- Without its order line a unit still names its product.
        coalesce(order_lines.product_category, products.product_type)
            as product_category,
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
    left join reason_mappings
        on
            return_line_items.parent_return_reason
            = reason_mappings.parent_return_reason
            and coalesce(return_line_items.return_reason, '(no reason)')
            = reason_mappings.return_reason
    left join products
        on
            return_line_items.store_id = products.store_id
            and return_line_items.product_id = products.product_id
),

-- A unit beyond what its order line held would be counted twice.
numbered as (
    select
        *,
        is_counted_return and not is_warranty as is_rate_candidate,
        row_number() over (
            partition by
                sm_order_line_key,
                is_counted_return and not is_warranty
            order by return_created_at, return_id, return_line_item_id
        ) as unit_position
    from joined
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
        coalesce(
            order_sku,
            sku,
            'product ' || coalesce(product_id, '?')
            || ' variant ' || coalesce(variant_id, '?')
        ) as sku,
        product_title,
        coalesce(product_category, '(unknown)') as product_category,
        coalesce(parent_return_reason, '(no reason)')
            as parent_return_reason,
        coalesce(return_reason, '(no reason)') as return_reason,
        coalesce(reason_group, parent_return_reason, '(no reason)')
            as reason_group,
        reason_group is not null as is_reason_mapped,
        return_comment,
        condition_category,
        disposition_outcome,
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
        cast(abs(price_amount) - discount_amount as {{ type_money() }})
            as net_amount,
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
        sm_order_line_key is not null
        and is_rate_candidate
        and unit_position > order_line_quantity as is_over_line_quantity,
        -- What the unit return rate counts: sold once, come back once.
        is_rate_candidate
        and return_order_role = 'customer'
        and coalesce(is_sold_line, true)
        and (
            sm_order_line_key is null
            or unit_position <= order_line_quantity
        ) as is_rate_unit,
        return_state,
        return_order_role,
        outcome_group,
        return_date,
        return_month_date,
        root_order_date,
        root_order_month_date,
        returned_at,
        {{ built_at() }} as built_at
    from numbered
)

select *
from final
