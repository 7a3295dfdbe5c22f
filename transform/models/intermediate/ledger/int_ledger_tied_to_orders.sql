{{ incremental_by('return_id') }}

with returns as (
    select *
    from {{ ref('loop_returns', 'int_ledger_summed_to_returns') }}
    where {{ is_affected('return_id') }}
),

entries as (
    select *
    from {{ ref('loop_returns', 'int_ledger_entries') }}
    where {{ is_affected('return_id') }}
),

exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    where {{ is_affected('return_id') }}
),

made as (
    select *
    from {{ ref('loop_returns', 'int_orders_made_by_loop') }}
    where {{ is_affected('return_id') }}
),

credits_with_order as (
    select return_id
    from {{ ref('loop_returns', 'int_returns_booked') }}
    where
        gift_card_order_id is not null
        and {{ is_affected('return_id') }}
),

orders as (
    select
        store_id,
        order_id,
        coalesce(is_tax_included, false) as is_tax_included
    from {{ ref('loop_returns', 'stg_orders') }}
    where {{ is_affected('order_id') }}
),

lines_added as (
    select *
    from {{ ref('loop_returns', 'int_native_exchange_lines_detected') }}
    where {{ is_affected('order_id') }}
),

order_lines as (
    select *
    from {{ ref('loop_returns', 'stg_order_lines') }}
    where {{ is_affected('order_id') }}
),

-- Goods that native exchanges added to the original order.
native_lines as (
    select
        order_lines.store_id,
        order_lines.order_id,
        lines_added.variant_id,
        sum(order_lines.unit_price_amount * lines_added.exchange_units)
            as gross_amount
    from lines_added
    inner join order_lines
        on
            lines_added.store_id = order_lines.store_id
            and lines_added.order_line_id = order_lines.order_line_id
    group by
        order_lines.store_id, order_lines.order_id, lines_added.variant_id
),

placed as (
    select
        returns.*,
        exchange_orders.gross_amount as exchange_gross_amount,
        exchange_orders.new_money_amount,
        exchange_orders.currency_code as exchange_currency_code,
        exchange_orders.shopify_date as exchange_shopify_date,
        credit_orders.gross_amount as credit_gross_amount,
        credit_orders.currency_code as credit_currency_code,
        credit_orders.shopify_date as credit_shopify_date,
        exchange_orders.return_id is not null as has_exchange_order,
        -- Shopify's line price includes tax if the shop's prices do.
        coalesce(exchange_orders.is_tax_included, orders.is_tax_included)
            as is_tax_included
    from returns
    left join made as exchange_orders
        on
            returns.return_id = exchange_orders.return_id
            and exchange_orders.made_for = 'exchange'
    left join made as credit_orders
        on
            returns.return_id = credit_orders.return_id
            and credit_orders.made_for = 'store_credit'
    left join orders
        on
            returns.store_id = orders.store_id
            and returns.order_id = orders.order_id
),

-- Native exchanges of an order for the same variant are compared together,
-- since the order's lines do not show which exchange added them.
native as (
    select
        placed.store_id,
        placed.order_id,
        exchanges.variant_id,
        min(placed.return_id) as return_id,
        placed.currency_code,
        min(placed.exchange_date) as exchange_date,
        -sum(entries.amount) as ledger_exchange_amount
    from placed
    inner join entries
        on placed.return_id = entries.return_id
    inner join exchanges
        on
            entries.return_id = exchanges.return_id
            and entries.source_id = exchanges.exchange_id
    where
        not placed.has_exchange_order
        and entries.source_table = 'return_exchanges'
        and (
            entries.entry_type = 'exchange_goods'
            or entries.entry_type = 'exchange_tax' and placed.is_tax_included
        )
    group by
        placed.store_id,
        placed.order_id,
        -- Returns that name no order are compared one by one.
        case when placed.order_id is null then placed.return_id end,
        exchanges.variant_id,
        placed.currency_code
),

compared as (
    select
        store_id,
        order_id,
        return_id,
        cast(null as {{ dbt.type_string() }}) as variant_id,
        currency_code,
        'exchange' as tie_line,
        exchange_date as ledger_date,
        exchange_shopify_date as shopify_date,
        -case
            when is_tax_included then exchange_amount
            else exchange_goods_amount
        end as ledger_amount,
        exchange_gross_amount as shopify_amount,
        exchange_currency_code as shopify_currency_code,
        'missing_exchange_order' as reason_without_order
    from placed
    where has_exchange_order
    union all
    select
        native.store_id,
        native.order_id,
        native.return_id,
        native.variant_id,
        native.currency_code,
        'exchange' as tie_line,
        native.exchange_date as ledger_date,
        native.exchange_date as shopify_date,
        native.ledger_exchange_amount as ledger_amount,
        native_lines.gross_amount as shopify_amount,
        native.currency_code as shopify_currency_code,
        'missing_exchange_order' as reason_without_order
    from native
    left join native_lines
        on
            native.store_id = native_lines.store_id
            and native.order_id = native_lines.order_id
            and native.variant_id = native_lines.variant_id
    union all
    select
        store_id,
        order_id,
        return_id,
        cast(null as {{ dbt.type_string() }}) as variant_id,
        currency_code,
        'upsell' as tie_line,
        exchange_date as ledger_date,
        exchange_shopify_date as shopify_date,
        upsell_amount as ledger_amount,
        -- Without the Loop discount Loop marks the whole order as paid, which
        -- is no payment of the upsell.
        case
            when
                exchange_amount = 0
                or exchange_currency_code <> currency_code
                or new_money_amount
                < -exchange_amount - exchange_discount_amount
                then nullif(new_money_amount, 0)
        end as shopify_amount,
        exchange_currency_code as shopify_currency_code,
        'upsell_outside_shopify' as reason_without_order
    from placed
    union all
    select
        store_id,
        order_id,
        return_id,
        cast(null as {{ dbt.type_string() }}) as variant_id,
        currency_code,
        'store_credit' as tie_line,
        store_credit_date as ledger_date,
        credit_shopify_date as shopify_date,
        -store_credit_amount as ledger_amount,
        credit_gross_amount as shopify_amount,
        credit_currency_code as shopify_currency_code,
        case
            when
                return_id in (
                    select credits_with_order.return_id
                    from credits_with_order
                )
                then 'missing_credit_order'
            else 'credit_without_order'
        end as reason_without_order
    from placed
),

-- An order in another currency than its return is not compared.
by_currency as (
    select
        *,
        coalesce(shopify_currency_code <> currency_code, false)
        and shopify_amount is not null as is_in_other_currency
    from compared
),

apart as (
    select
        store_id,
        order_id,
        return_id,
        variant_id,
        tie_line,
        currency_code,
        ledger_date,
        case when not is_in_other_currency then shopify_date end
            as shopify_date,
        ledger_amount,
        case when not is_in_other_currency then shopify_amount end
            as shopify_amount,
        case
            when is_in_other_currency then 'currency'
            else reason_without_order
        end as reason_without_order
    from by_currency
    union all
    select
        store_id,
        order_id,
        return_id,
        variant_id,
        tie_line,
        shopify_currency_code as currency_code,
        cast(null as date) as ledger_date,
        shopify_date,
        0 as ledger_amount,
        shopify_amount,
        'currency' as reason_without_order
    from by_currency
    where is_in_other_currency
),

final as (
    select
        store_id,
        order_id,
        return_id,
        variant_id,
        tie_line,
        currency_code,
        ledger_date,
        case when shopify_amount is not null then shopify_date end
            as shopify_date,
        cast(ledger_amount as {{ type_money() }}) as ledger_amount,
        cast(coalesce(shopify_amount, 0) as {{ type_money() }})
            as shopify_amount,
        case
            when ledger_amount = coalesce(shopify_amount, 0) then 'none'
            when
                shopify_amount is null or reason_without_order = 'currency'
                then reason_without_order
            when ledger_date is null then 'return_still_open'
            when
                {{ is_rounding(
                    'ledger_amount - shopify_amount', 'currency_code'
                ) }}
                then 'rounding'
            else 'unexplained'
        end as reason_class,
        {{ built_at() }} as built_at
    from apart
    where ledger_amount <> 0 or coalesce(shopify_amount, 0) <> 0
)

select *
from final
