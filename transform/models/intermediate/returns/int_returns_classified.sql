{{ incremental_by('return_id', on_bigquery='view') }}

{%- set word_has
    = "'+' || replace(coalesce(outcome_raw, ''), ' ', '') || '+'" -%}

with returns as (
    select
        *,
        -- Prices include tax if there is tax, and the total is price less
        -- discount.
        return_tax_total > 0
        and return_total = return_product_total - return_discount_total
            as is_tax_in_price
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
    where {{ is_affected('return_id') }}
),

children as (
    select *
    from {{ ref('loop_returns', 'int_return_children_summed_to_returns') }}
    where {{ is_affected('return_id') }}
),

joined as (
    select
        returns.*,
        coalesce(children.returned_unit_count, 0) as returned_unit_count,
        coalesce(children.exchanged_unit_count, 0) as exchanged_unit_count,
        coalesce(children.line_refund_amount, 0) as line_refund_amount,
        -- False if the shopper keeps or donates all goods.
        children.kept_unit_count < children.returned_unit_count
            as goods_returned,
        -- Goods with no value have no tax.
        coalesce(
            case
                when returns.is_tax_in_price then {{ ratio(
                    'children.line_net_amount - children.line_tax_amount',
                    'children.line_net_amount'
                ) }}
                else {{ ratio(
                    'children.line_net_amount',
                    'children.line_net_amount + children.line_tax_amount'
                ) }}
            end,
            1
        ) as share_without_tax,
        returns.refund_amount + returns.gift_card_amount
        {%- if var('handling_fee_collection') == 'withheld' %}
        + returns.handling_fee
        {%- endif %} as given_amount,
        coalesce(children.label_cost, returns.header_label_cost)
            as label_cost,
        coalesce(children.exchange_order_item_count, 0) > 0
        or coalesce(children.refund_count, 0) > 0
        or returns.gift_card_order_id is not null
        or returns.refund_processed_at is not null
        or returns.gift_card_processed_at is not null
        or returns.exchange_processed_at is not null
        or returns.shop_cash_processed_at is not null as has_moved
    from returns
    left join children
        on returns.return_id = children.return_id
),

-- The outcome by amounts and items, because the outcome word is not reliable.
evidenced as (
    select
        *,
        -- Some refunds include the refunded shipping and some do not. A refund
        -- includes it if what was given exceeds the value of the goods.
        given_amount - least(
            coalesce(refund_shipping_amount, 0)
            + coalesce(refund_shipping_tax_amount, 0),
            refund_amount,
            greatest(
                given_amount + exchange_credit_amount - return_total, 0
            )
        ) as given_for_goods_amount,
        exchanged_unit_count > 0 or exchange_total > 0
            as amounts_say_exchange,
        refund_amount > 0 as amounts_say_refund,
        gift_card_amount > 0 as amounts_say_credit,
        exchanged_unit_count > 0
        or exchange_total > 0
        or refund_amount > 0
        or gift_card_amount > 0
        or upsell_amount > 0 as do_amounts_speak,
        {{ word_has }} like '%+exchange+%'
        or {{ word_has }} like '%+upsell+%' as word_says_exchange,
        {{ word_has }} like '%+refund+%' as word_says_refund,
        {{ word_has }} like '%+credit+%'
        or {{ word_has }} like '%+giftcard+%'
        or {{ word_has }} like '%+gift_card+%'
        or {{ word_has }} like '%+storecredit+%'
        or {{ word_has }} like '%+store_credit+%' as word_says_credit
    from joined
),

decided as (
    select
        *,
        case
            when do_amounts_speak then amounts_say_exchange
            else word_says_exchange
        end as has_exchange,
        case
            when do_amounts_speak then amounts_say_refund
            else word_says_refund
        end as has_refund,
        case
            when do_amounts_speak then amounts_say_credit
            else word_says_credit
        end as has_credit
    from evidenced
),

grouped as (
    select
        *,
        case
            when has_exchange and not has_refund and not has_credit
                then 'exchange'
            when has_refund and not has_exchange and not has_credit
                then 'refund'
            when has_credit and not has_exchange and not has_refund
                then 'credit'
            when has_exchange or has_refund or has_credit then 'mixed'
            else 'none'
        end as outcome_group,
        case
            when has_exchange
                then least(
                    exchange_total,
                    greatest(return_total - given_for_goods_amount, 0)
                )
            else 0
        end as exchanged_value
    from decided
),

final as (
    select
        *,
        case
            when do_amounts_speak then 'amounts'
            when has_exchange or has_refund or has_credit then 'word'
            else 'none'
        end as outcome_source,
        upsell_amount > 0 as is_upsell,
        coalesce(outcome_raw, 'none') in ('none', 'n/a', 'default')
        or word_says_exchange
        or word_says_refund
        or word_says_credit as is_outcome_word_known,
        return_state = 'cancelled' as is_cancelled,
        return_state = 'expired' as is_expired,
        return_type = 'warranty' as is_warranty,
        coalesce(return_state in ('open', 'review', 'closed'), false)
        or coalesce(return_state = 'expired' and has_moved, false)
            as is_counted_by_state,
        coalesce(return_state = 'closed', false)
        -- A return in review is not realised, even if money or goods have
        -- moved.
        or coalesce(return_state in ('open', 'expired') and has_moved, false)
            as is_realised_by_state,
        -- Bonus credit is the exchange value that neither the returned value
        -- nor the upsell pays for.
        case
            when has_exchange
                then greatest(
                    exchange_total - upsell_amount - exchanged_value, 0
                )
            else 0
        end as bonus_credit_on_exchange,
        greatest(given_for_goods_amount - return_total, 0)
            as bonus_credit_on_gift_card,
        -- Shopify lowers the current quantity only when a return is processed.
        coalesce(was_processed, return_state = 'closed') as is_processed,
        case
            when return_state = 'closed'
                then coalesce(return_processed_at, return_updated_at)
        end as return_closed_at,
        {{ built_at() }} as built_at
    from grouped
)

select *
from final
