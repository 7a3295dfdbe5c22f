{{ config(materialized='view') }}
{#-
    A return that was closed by hand is closed without being processed in Loop:
    staff paid it elsewhere, or nothing is paid. Loop may report the processing
    hours after the closing.
-#}
{%- set days_to_report_processing = 7 -%}

with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where is_counted_return
),

booked as (
    select *
    from {{ ref('loop_returns', 'int_returns_booked') }}
),

data_through as (
    select *
    from {{ ref('loop_returns', 'int_data_through') }}
),

final as (
    select
        returns.return_id,
        returns.currency_code,
        -- A return in review is not booked. If an exchange is out of stock,
        -- Loop has provided the other outcomes.
        case
            when
                coalesce(
                    booked.refunded_at,
                    returns.refund_processed_at,
                    returns.shop_cash_processed_at
                ) is null
                then returns.refund_amount
            else 0
        end as refund_amount,
        case
            when
                coalesce(
                    booked.credited_at, returns.gift_card_processed_at
                ) is null
                then returns.gift_card_amount
            else 0
        end as credit_amount,
        case
            when
                returns.has_exchange
                and coalesce(
                    booked.exchanged_at, returns.exchange_processed_at
                ) is null
                then returns.exchange_total - returns.upsell_amount
            else 0
        end as exchange_amount
    from returns
    left join booked
        on returns.return_id = booked.return_id
    cross join data_through
    where
        returns.return_state <> 'closed'
        or returns.is_processed
        or coalesce(
            {{ days_between(
                'returns.return_closed_date', 'data_through.data_through_date'
            ) }} <= {{ days_to_report_processing }},
            true
        )
)

select *
from final
