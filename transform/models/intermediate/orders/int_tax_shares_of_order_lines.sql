{{ incremental_by('order_id', on_bigquery='view') }}

with orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
    where
        is_tax_included
        and {{ is_affected('order_id') }}
),

order_lines as (
    select
        *,
        unit_price_amount * quantity - discount_amount as ordered_amount
    from {{ ref('loop_returns', 'stg_order_lines') }}
    where {{ is_affected('order_id') }}
),

totals as (
    select
        store_id,
        order_id,
        {{ sum_of_money('tax_amount') }} as tax_amount,
        -- A gift card is sold without tax.
        {{ sum_of_money(
            'case when is_gift_card then 0 else ordered_amount end'
        ) }} as taxed_amount
    from order_lines
    group by store_id, order_id
),

-- If the lines have no taxes of their own, the order's tax is divided between
-- lines and shipping in proportion to their amounts after discounts. If a
-- discount made a line free, its own tax of 0 does not show its share of tax
-- before the discount, so the line takes the order's share.
final as (
    select
        order_lines.store_id,
        order_lines.order_id,
        order_lines.order_line_id,
        case
            when order_lines.is_gift_card then 0
            when totals.tax_amount > 0 and order_lines.ordered_amount > 0
                then {{ ratio(
                    'order_lines.tax_amount', 'order_lines.ordered_amount'
                ) }}
            else {{ ratio(
                'orders.tax_amount',
                'totals.taxed_amount + orders.shipping_amount'
            ) }}
        end as tax_share,
        {{ built_at() }} as built_at
    from order_lines
    inner join orders
        on
            order_lines.store_id = orders.store_id
            and order_lines.order_id = orders.order_id
    inner join totals
        on
            order_lines.store_id = totals.store_id
            and order_lines.order_id = totals.order_id
)

select *
from final
