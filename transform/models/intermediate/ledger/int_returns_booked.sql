{{ incremental_by('return_id') }}

with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where
        is_realised_return
        and {{ is_affected('return_id') }}
),

loop_refunds as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_refunds') }}
    where {{ is_affected('return_id') }}
),

refunds_matched as (
    select *
    from {{ ref('loop_returns', 'int_refunds_matched_to_returns') }}
    where {{ is_affected('order_id') }}
),

exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    where {{ is_affected('return_id') }}
),

orders as (
    select
        store_id,
        order_id,
        coalesce(processed_at, created_at) as ordered_at
    from {{ ref('loop_returns', 'stg_orders') }}
    where {{ is_affected('order_id') }}
),

refunded_in_loop as (
    select
        return_id,
        min(refunded_at) as loop_refunded_at
    from loop_refunds
    group by return_id
),

refunded_in_shopify as (
    select
        return_id,
        min(refunded_at) as shopify_refunded_at,
        {{ sum_of_money('refund_amount') }} as paid_amount,
        {{ sum_of_money('credit_amount') }} as credit_amount,
        case
            when min(payment_gateway) = max(payment_gateway)
                then min(payment_gateway)
        end as payment_gateway
    from refunds_matched
    group by return_id
),

exchanged as (
    select
        exchanges.return_id,
        max(exchanges.exchange_order_id) as exchange_order_id,
        min(orders.ordered_at) as ordered_at
    from exchanges
    left join orders
        on
            exchanges.store_id = orders.store_id
            and exchanges.exchange_order_id = orders.order_id
    group by exchanges.return_id
),

joined as (
    select
        returns.*,
        refunded_in_loop.loop_refunded_at,
        refunded_in_shopify.payment_gateway,
        refunded_in_shopify.paid_amount,
        refunded_in_shopify.credit_amount as refunded_credit_amount,
        refunded_in_shopify.shopify_refunded_at,
        -- A native exchange adds lines to the original order, whose date is too
        -- early for the exchange.
        case
            when
                coalesce(
                    exchanged.exchange_order_id <> returns.known_order_id, true
                )
                then exchanged.ordered_at
        end as shopify_exchanged_at,
        credit_orders.ordered_at as shopify_credited_at,
        refunded_in_loop.return_id is not null as has_loop_refund,
        exchanged.exchange_order_id is not null as has_exchange_order,
        returns.given_amount - returns.given_for_goods_amount
            as shipping_in_refund,
        returns.refund_amount + returns.gift_card_amount
        + returns.exchange_total + returns.upsell_amount
        + returns.handling_fee > 0 as has_outcome
    from returns
    left join refunded_in_loop
        on returns.return_id = refunded_in_loop.return_id
    left join refunded_in_shopify
        on returns.return_id = refunded_in_shopify.return_id
    left join exchanged
        on returns.return_id = exchanged.return_id
    left join orders as credit_orders
        on
            returns.store_id = credit_orders.store_id
            and returns.gift_card_order_id = credit_orders.order_id
),

shipped as (
    select
        *,
        -- Some refunds include the refunded shipping and some do not.
        case
            when shipping_in_refund > 0 or refund_amount = 0 then 0
            else
                coalesce(refund_shipping_amount, 0)
                + coalesce(refund_shipping_tax_amount, 0)
        end as shipping_beside_refund,
        coalesce(
            return_processed_at, loop_refunded_at, return_closed_at,
            return_updated_at
        ) as finished_at
    from joined
),

-- If the shop uses Shopify's store credit, the refund also pays the credit that
-- Loop issues, and not only Loop's refund.
credited as (
    select
        *,
        case
            when
                gift_card_amount > 0
                and gift_card_order_id is null
                and refunded_credit_amount > 0
                and paid_amount > refund_amount + shipping_beside_refund
                then least(
                    gift_card_amount,
                    refunded_credit_amount,
                    paid_amount - refund_amount - shipping_beside_refund
                )
            else 0
        end as credit_in_refund_amount
    from shipped
),

timed as (
    select
        *,
        refunded_credit_amount - credit_in_refund_amount as paid_back_amount,
        case when is_processed and has_outcome then finished_at end
            as goods_returned_at,
        case
            when
                refund_amount > 0
                and (
                    is_processed or has_loop_refund
                    or refund_processed_at is not null
                    or shop_cash_processed_at is not null
                )
                then coalesce(
                    refund_processed_at, shop_cash_processed_at,
                    loop_refunded_at, finished_at
                )
        end as refunded_at,
        case
            when
                gift_card_amount > 0
                and (
                    is_processed or gift_card_order_id is not null
                    or gift_card_processed_at is not null
                )
                then coalesce(
                    gift_card_processed_at, shopify_credited_at, finished_at
                )
        end as credited_at,
        case
            when
                has_exchange
                and (
                    is_processed or has_exchange_order
                    or exchange_processed_at is not null
                )
                then coalesce(
                    exchange_processed_at, shopify_exchanged_at, finished_at
                )
        end as exchanged_at
    from credited
),

final as (
    select
        return_id,
        store_id,
        sm_order_key,
        known_order_id as order_id,
        order_name,
        gift_card_order_id,
        currency_code,
        payment_gateway,
        -- Whether all parts of the return have happened.
        goods_returned_at is not null
        and (refund_amount = 0 or refunded_at is not null)
        and (gift_card_amount = 0 or credited_at is not null)
        and (not has_exchange or exchanged_at is not null) as is_complete,
        cast(refund_amount as {{ type_money() }}) as refund_amount,
        cast(shipping_beside_refund as {{ type_money() }})
            as shipping_beside_refund,
        -- Part of both that went back to a gift card or store credit.
        cast(case
            when paid_back_amount > 0
                then least(paid_back_amount, refund_amount)
        end as {{ type_money() }}) as refund_to_store_credit,
        cast(case
            when paid_back_amount > refund_amount
                then least(
                    paid_back_amount - refund_amount,
                    shipping_beside_refund
                )
        end as {{ type_money() }}) as shipping_to_store_credit,
        cast(case
            when shipping_in_refund > 0
                then least(shipping_in_refund, refund_shipping_amount)
            when shipping_beside_refund > 0 then refund_shipping_amount
            else 0
        end as {{ type_money() }}) as shipping_amount,
        cast(case
            when shipping_in_refund > 0
                then greatest(shipping_in_refund - refund_shipping_amount, 0)
            when shipping_beside_refund > 0 then refund_shipping_tax_amount
            else 0
        end as {{ type_money() }}) as shipping_tax_amount,
        cast(gift_card_amount as {{ type_money() }}) as gift_card_amount,
        -- Part of it that Shopify's refund paid as store credit.
        cast(credit_in_refund_amount as {{ type_money() }})
            as credit_in_refund_amount,
        cast(upsell_amount as {{ type_money() }}) as upsell_amount,
        cast(handling_fee as {{ type_money() }}) as handling_fee,
        {% if var('handling_fee_collection') == 'charged' -%}
        cast(handling_fee as {{ type_money() }})
        {%- else -%}
        cast(null as {{ type_money() }})
        {%- endif %} as handling_fee_charged,
        cast(bonus_credit_on_exchange as {{ type_money() }})
            as bonus_credit_on_exchange,
        cast(bonus_credit_on_gift_card as {{ type_money() }})
            as bonus_credit_on_gift_card,
        cast(coalesce(label_cost, 0) as {{ type_money() }}) as label_cost,
        goods_returned_at,
        refunded_at,
        credited_at,
        exchanged_at,
        least(
            coalesce(goods_returned_at, refunded_at, credited_at, exchanged_at),
            coalesce(refunded_at, credited_at, exchanged_at, goods_returned_at),
            coalesce(credited_at, exchanged_at, goods_returned_at, refunded_at),
            coalesce(exchanged_at, goods_returned_at, refunded_at, credited_at)
        ) as first_event_at,
        shopify_refunded_at,
        coalesce(
            shopify_credited_at,
            case when credit_in_refund_amount > 0 then shopify_refunded_at end
        ) as shopify_credited_at,
        shopify_exchanged_at,
        {{ built_at() }} as built_at
    from timed
    where
        goods_returned_at is not null
        or refunded_at is not null
        or credited_at is not null
        or exchanged_at is not null
)

select *
from final
