{{ incremental_by('return_id', on_bigquery='view') }}

with exchanges as (
    select distinct
        store_id,
        return_id,
        exchange_order_id as order_id,
        'exchange' as made_for
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    where
        exchange_order_id is not null
        and {{ is_affected('return_id') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_booked') }}
    where {{ is_affected('return_id') }}
),

named as (
    select
        exchanges.store_id,
        exchanges.return_id,
        exchanges.order_id,
        exchanges.made_for
    from exchanges
    inner join returns
        on exchanges.return_id = returns.return_id
    -- If Loop names the returned order itself, goods were added to that order,
    -- and no order was made.
    where exchanges.order_id <> coalesce(returns.order_id, '')
    union all
    select
        store_id,
        return_id,
        gift_card_order_id as order_id,
        'store_credit' as made_for
    from returns
    where gift_card_order_id is not null
),

orders as (
    select
        store_id,
        order_id,
        currency_code,
        is_tax_included,
        coalesce(processed_at, created_at) as ordered_at
    from {{ ref('loop_returns', 'stg_orders') }}
    where {{ is_affected('order_id') }}
),

order_lines as (
    select *
    from {{ ref('loop_returns', 'stg_order_lines') }}
    where {{ is_affected('order_id') }}
),

-- A later native exchange may have added lines to the order.
lines_added as (
    select *
    from {{ ref('loop_returns', 'int_native_exchange_lines_detected') }}
    where {{ is_affected('order_id') }}
),

payments as (
    select *
    from {{ ref('loop_returns', 'int_order_payments_summed_to_orders') }}
    where {{ is_affected('order_id') }}
),

goods as (
    select
        named.store_id,
        named.return_id,
        named.order_id,
        named.made_for,
        sum(
            order_lines.unit_price_amount
            * (order_lines.quantity - coalesce(lines_added.exchange_units, 0))
        ) as gross_amount
    from named
    inner join order_lines
        on
            named.store_id = order_lines.store_id
            and named.order_id = order_lines.order_id
    left join lines_added
        on
            order_lines.store_id = lines_added.store_id
            and order_lines.order_line_id = lines_added.order_line_id
    where named.made_for = 'exchange' or order_lines.is_gift_card
    group by
        named.store_id, named.return_id, named.order_id, named.made_for
),

final as (
    select
        goods.return_id,
        goods.made_for,
        min(orders.currency_code) as currency_code,
        sum(goods.gross_amount) as gross_amount,
        sum(payments.new_money_amount) as new_money_amount,
        max(case when coalesce(orders.is_tax_included, false) then 1 else 0 end)
        = 1 as is_tax_included,
        min({{ local_date('orders.ordered_at') }}) as shopify_date,
        {{ built_at() }} as built_at
    from goods
    inner join orders
        on
            goods.store_id = orders.store_id
            and goods.order_id = orders.order_id
    left join payments
        on goods.order_id = payments.order_id
    group by goods.return_id, goods.made_for
    union all
    select
        return_id,
        'store_credit' as made_for,
        currency_code,
        credit_in_refund_amount as gross_amount,
        cast(null as {{ type_money() }}) as new_money_amount,
        false as is_tax_included,
        {{ local_date('shopify_refunded_at') }} as shopify_date,
        {{ built_at() }} as built_at
    from returns
    where credit_in_refund_amount > 0
)

select *
from final
