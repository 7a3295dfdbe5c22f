{{ config(materialized='view') }}

with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
),

entries as (
    select *
    from {{ ref('loop_returns', 'int_ledger_summed_to_returns') }}
),

charges as (
    select
        return_id,
        min(currency_code) as currency_code,
        sum(charged_amount) as charged_amount,
        min({{ local_date('created_at') }}) as charged_on
    from {{ ref('loop_returns', 'stg_charges') }}
    group by return_id
),

compared as (
    select
        returns.store_id,
        returns.known_order_id as order_id,
        returns.return_id,
        returns.currency_code,
        charges.currency_code as charge_currency_code,
        entries.outside_shopify_date as ledger_date,
        charges.charged_on,
        coalesce(entries.outside_shopify_amount, 0) as ledger_amount,
        coalesce(charges.charged_amount, 0) as charged_amount,
        entries.handling_fee_amount,
        coalesce(charges.currency_code <> returns.currency_code, false)
            as is_in_other_currency
    from returns
    left join entries
        on returns.return_id = entries.return_id
    left join charges
        on returns.return_id = charges.return_id
),

-- A charge in another currency than its return is not compared.
parts as (
    select
        *,
        case when not is_in_other_currency then charged_on end as shopify_date,
        case when is_in_other_currency then 0 else charged_amount end
            as shopify_amount
    from compared
    union all
    select
        store_id,
        order_id,
        return_id,
        charge_currency_code as currency_code,
        charge_currency_code,
        cast(null as date) as ledger_date,
        charged_on,
        0 as ledger_amount,
        charged_amount,
        handling_fee_amount,
        is_in_other_currency,
        charged_on as shopify_date,
        charged_amount as shopify_amount
    from compared
    where is_in_other_currency
),

final as (
    select
        store_id,
        order_id,
        return_id,
        'charge' as tie_line,
        currency_code,
        ledger_date,
        shopify_date,
        cast(ledger_amount as {{ type_money() }}) as ledger_amount,
        cast(shopify_amount as {{ type_money() }}) as shopify_amount,
        case
            when ledger_amount = shopify_amount then 'none'
            when is_in_other_currency then 'currency'
            when shopify_amount - ledger_amount = -handling_fee_amount
                then 'fee_outside_shopify'
            when shopify_amount = 0 then 'missing_charge'
            when ledger_amount = 0 then 'charge_without_entry'
            when {{ is_rounding('ledger_amount - shopify_amount') }}
                then 'rounding'
            else 'unexplained'
        end as reason_class
    from parts
    where ledger_amount <> 0 or shopify_amount <> 0
)

select *
from final
