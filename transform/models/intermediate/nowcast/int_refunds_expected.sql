{#-
    Refunds, store credit and exchanges expected from returns that had not
    been made on each as-of date. They are the value sold, times the share
    of its returns that is not made yet, times the rate that the nowcast
    expects, times the share of a returned unit's price that was refunded,
    credited or exchanged in the returns made by then. Late returns end
    otherwise than early ones, so the last share is multiplied by the outcome's
    share of the returns still to come, divided by its share of those made.
-#}
{%- set outcomes = ['refund', 'credit', 'exchange'] -%}
with seen as (
    select *
    from {{ ref('loop_returns', 'int_returns_seen') }}
    where dimension_type = 'all'
),

-- The factor of an outcome is its share of the returns still to come, divided
-- by its share of those made.
nowcast as (
    select
        as_of_date,
        order_month_date,
        {% for outcome in outcomes -%}
        coalesce({{ outcome }}_share_to_come / nullif({{ ratio(
            'sum(cast(' ~ outcome ~ '_units as ' ~ type_exact_ratio()
            ~ ')) over (partition by as_of_date)',
            'sum(returned_units) over (partition by as_of_date)'
        ) }}, 0), 1) as {{ outcome }}_factor,
        {% endfor -%}
        future_rate
    from {{ ref('loop_returns', 'int_returns_expected_by_outcome') }}
    where dimension_type = 'all'
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where is_counted_return
),

booked as (
    select *
    from {{ ref('loop_returns', 'int_returns_booked') }}
),

exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
),

pairs as (
    select *
    from {{ ref('loop_returns', 'int_exchange_items_paired') }}
    where pairing <> 'not paired'
),

as_of_dates as (
    select distinct as_of_date
    from seen
),

-- Items sent out in exchange for a known unit. Another size or colour is the
-- same product.
exchanged as (
    select
        exchanges.return_id,
        sum(exchanges.total_amount) as paired_amount,
        sum(case
            when
                pairs.from_variant_id = exchanges.variant_id
                or pairs.from_product_id = exchanges.product_id
                then 0
            else exchanges.total_amount
        end) as other_goods_amount
    from exchanges
    inner join pairs
        on
            exchanges.return_id = pairs.return_id
            and exchanges.exchange_id = pairs.exchange_id
    group by exchanges.return_id
),

-- Goods of warranty claims, and goods that were sent in exchange, do not count
-- as returned, so what was given for them is not given for returned goods.
given as (
    select
        returns.root_order_month_date as order_month_date,
        returns.currency_code,
        returns.return_date,
        returns.refund_amount + coalesce(booked.shipping_beside_refund, 0)
            as refund_amount,
        returns.gift_card_amount as credit_amount,
        case
            when returns.has_exchange
                then returns.exchange_total - returns.upsell_amount
            else 0
        end as exchange_amount,
        coalesce(
            not returns.is_warranty
            and returns.return_order_role = 'customer'
            and returns.root_loop_exclusion_reason is null, false
        ) as is_rated,
        exchanged.paired_amount,
        exchanged.other_goods_amount
    from returns
    left join booked
        on returns.return_id = booked.return_id
    left join exchanged
        on returns.return_id = exchanged.return_id
),

made as (
    select
        order_month_date,
        currency_code,
        return_date,
        sum(refund_amount) as refund_amount,
        sum(credit_amount) as credit_amount,
        sum(exchange_amount) as exchange_amount,
        sum(case
            when is_rated
                then
                    coalesce(refund_amount, 0) + coalesce(credit_amount, 0)
                    + coalesce(exchange_amount, 0)
            else 0
        end) as rated_amount,
        sum(coalesce(paired_amount, 0)) as paired_amount,
        sum(coalesce(other_goods_amount, 0)) as other_goods_amount
    from given
    group by 1, 2, 3
),

made_by_date as (
    select
        as_of_dates.as_of_date,
        made.order_month_date,
        made.currency_code,
        sum(made.refund_amount) as refund_amount,
        sum(made.credit_amount) as credit_amount,
        sum(made.exchange_amount) as exchange_amount,
        sum(made.rated_amount) as rated_amount,
        sum(made.paired_amount) as paired_amount,
        sum(made.other_goods_amount) as other_goods_amount
    from made
    inner join as_of_dates
        on made.return_date <= as_of_dates.as_of_date
    group by 1, 2, 3
),

-- The price of a returned unit is the price of the goods sold in its month.
prices as (
    select
        seen.as_of_date,
        seen.currency_code,
        {{ sum_of_ratios(
            'seen.returned_units * ('
            ~ ratio('seen.sold_amount', 'seen.sold_units') ~ ')'
        ) }} as returned_price,
        sum(seen.returned_amount) as returned_amount,
        sum(made_by_date.refund_amount) as refund_amount,
        sum(made_by_date.credit_amount) as credit_amount,
        sum(made_by_date.exchange_amount) as exchange_amount,
        sum(made_by_date.rated_amount) as rated_amount,
        sum(made_by_date.paired_amount) as paired_amount,
        sum(made_by_date.other_goods_amount) as other_goods_amount
    from seen
    left join made_by_date
        on
            seen.as_of_date = made_by_date.as_of_date
            and seen.order_month_date = made_by_date.order_month_date
            and seen.currency_code = made_by_date.currency_code
    group by seen.as_of_date, seen.currency_code
),

-- Without past returns, a returned unit is assumed to be refunded in full, and
-- an exchange to be for other goods.
shares as (
    select
        as_of_date,
        currency_code,
        {% for outcome in outcomes -%}
        coalesce(
            {{ ratio(outcome ~ '_amount', 'returned_price') }},
            {{ 1 if outcome == 'refund' else 0 }}
        ) as {{ outcome }}_share,
        {% endfor -%}
        coalesce({{ ratio('returned_amount', 'rated_amount') }}, 1)
            as goods_share,
        coalesce({{ ratio('other_goods_amount', 'paired_amount') }}, 1)
            as other_goods_share
    from prices
),

joined as (
    select
        seen.as_of_date,
        seen.order_month_date,
        seen.currency_code,
        shares.goods_share,
        shares.other_goods_share,
        {% for outcome in outcomes -%}
        shares.{{ outcome }}_share * nowcast.{{ outcome }}_factor
            as {{ outcome }}_share,
        {% endfor -%}
        nowcast.future_rate * greatest(
            cast(seen.sold_amount as {{ type_ratio() }}) - seen.known_amount, 0
        ) as future_price
    from seen
    inner join nowcast
        on
            seen.as_of_date = nowcast.as_of_date
            and seen.order_month_date = nowcast.order_month_date
    inner join shares
        on
            seen.as_of_date = shares.as_of_date
            and seen.currency_code = shares.currency_code
),

final as (
    select
        as_of_date,
        order_month_date,
        currency_code,
        {% for outcome in outcomes -%}
        {{ round_money('future_price * ' ~ outcome ~ '_share') }}
            as {{ outcome }}_amount,
        {% endfor -%}
        goods_share,
        other_goods_share
    from joined
)

select *
from final
