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
        store_id,
        return_id,
        currency_code,
        sum(charged_amount) as charged_amount,
        min({{ local_date('created_at') }}) as charged_on
    from {{ ref('loop_returns', 'stg_charges') }}
    group by store_id, return_id, currency_code
),

-- A charge in another currency than its return has a row of its own, and so has
-- a charge whose return is not loaded.
compared as (
    select
        coalesce(entries.store_id, charges.store_id) as store_id,
        coalesce(entries.return_id, charges.return_id) as return_id,
        coalesce(entries.currency_code, charges.currency_code)
            as currency_code,
        entries.outside_shopify_date as ledger_date,
        charges.charged_on as shopify_date,
        coalesce(entries.outside_shopify_amount, 0) as ledger_amount,
        coalesce(charges.charged_amount, 0) as shopify_amount,
        entries.handling_fee_amount
    from entries
    full outer join charges
        on
            entries.return_id = charges.return_id
            and entries.currency_code = charges.currency_code
),

placed as (
    select
        compared.*,
        returns.known_order_id as order_id,
        max(case
            when compared.currency_code <> returns.currency_code then 1
            else 0
        end) over (partition by compared.return_id) as has_other_currency
    from compared
    left join returns
        on compared.return_id = returns.return_id
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
            when has_other_currency = 1 then 'currency'
            when shopify_amount - ledger_amount = -handling_fee_amount
                then 'fee_outside_shopify'
            when shopify_amount = 0 then 'missing_charge'
            when ledger_amount = 0 then 'charge_without_entry'
            when
                {{ is_rounding(
                    'ledger_amount - shopify_amount', 'currency_code'
                ) }}
                then 'rounding'
            else 'unexplained'
        end as reason_class
    from placed
    where ledger_amount <> 0 or shopify_amount <> 0
)

select *
from final
