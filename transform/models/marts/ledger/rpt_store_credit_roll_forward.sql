with entries as (
    select
        sm_store_id,
        currency_code,
        entry_type,
        amount,
        cast({{ dbt.date_trunc('month', 'posting_date') }} as date)
            as period_start_date
    from {{ ref('loop_returns', 'fct_return_ledger') }}
    where account_class = 'store_credit'
),

data_through as (
    select *
    from {{ ref('loop_returns', 'int_data_through') }}
),

by_month as (
    select
        sm_store_id,
        currency_code,
        period_start_date,
        sum(case
            when entry_type = 'store_credit_issued' then -amount
            else 0
        end) as issued_amount,
        sum(case
            when entry_type in ('refund', 'shipping_refund') then -amount
            else 0
        end) as refunded_amount,
        sum(case
            when entry_type = 'store_credit_redeemed' then amount
            else 0
        end) as redeemed_amount
    from entries
    group by sm_store_id, currency_code, period_start_date
),

-- Without orders, redeemed credit is unknown.
known as (
    select
        by_month.sm_store_id,
        by_month.currency_code,
        by_month.period_start_date,
        by_month.issued_amount,
        by_month.refunded_amount,
        case
            when data_through.orders_through_at is not null
                then by_month.redeemed_amount
        end as redeemed_amount
    from by_month
    cross join data_through
),

rolled as (
    select
        *,
        sum(issued_amount + refunded_amount - redeemed_amount) over (
            partition by sm_store_id, currency_code
            order by period_start_date
        ) as closing_amount
    from known
),

final as (
    select
        'store_credit_roll_forward' as metric_name,
        sm_store_id,
        substr(cast(period_start_date as {{ dbt.type_string() }}), 1, 7)
            as period,
        period_start_date,
        currency_code,
        cast(
            closing_amount - issued_amount - refunded_amount + redeemed_amount
            as {{ type_money() }}
        ) as opening_amount,
        cast(issued_amount as {{ type_money() }}) as issued_amount,
        cast(refunded_amount as {{ type_money() }}) as refunded_amount,
        cast(redeemed_amount as {{ type_money() }}) as redeemed_amount,
        cast(closing_amount as {{ type_money() }}) as closing_amount
    from rolled
)

select *
from final
