with ledger as (
    select
        sm_store_id,
        currency_code,
        account_class,
        amount,
        is_correction,
        cast({{ dbt.date_trunc('month', 'posting_date') }} as date)
            as period_start_date
    from {{ ref('loop_returns', 'fct_return_ledger') }}
),

by_account as (
    select
        sm_store_id,
        currency_code,
        account_class,
        period_start_date,
        sum(amount) as amount,
        sum(case when amount > 0 then amount else 0 end) as debit_amount,
        sum(case when amount < 0 then -amount else 0 end) as credit_amount,
        sum(case when is_correction then amount else 0 end)
            as correction_amount,
        count(*) as entry_count
    from ledger
    group by sm_store_id, currency_code, account_class, period_start_date
),

-- The balance of a month's entries belongs to returns that also have entries in
-- other months.
carried as (
    select
        sm_store_id,
        currency_code,
        period_start_date,
        -sum(amount) as amount,
        -sum(correction_amount) as correction_amount
    from by_account
    group by sm_store_id, currency_code, period_start_date
    having sum(amount) <> 0
),

lines as (
    select * from by_account
    union all
    select
        sm_store_id,
        currency_code,
        'returns_clearing' as account_class,
        period_start_date,
        amount,
        case when amount > 0 then amount else 0 end as debit_amount,
        case when amount < 0 then -amount else 0 end as credit_amount,
        correction_amount,
        0 as entry_count
    from carried
),

summed as (
    select
        sm_store_id,
        currency_code,
        account_class,
        period_start_date,
        sum(amount) as net_amount,
        sum(debit_amount) as debit_amount,
        sum(credit_amount) as credit_amount,
        sum(correction_amount) as correction_amount,
        sum(entry_count) as entry_count
    from lines
    group by sm_store_id, currency_code, account_class, period_start_date
),

final as (
    select
        'ledger_journal' as metric_name,
        sm_store_id,
        substr(cast(period_start_date as {{ dbt.type_string() }}), 1, 7)
            as period,
        period_start_date,
        account_class,
        currency_code,
        cast(debit_amount as {{ type_money() }}) as debit_amount,
        cast(credit_amount as {{ type_money() }}) as credit_amount,
        cast(net_amount as {{ type_money() }}) as net_amount,
        cast(correction_amount as {{ type_money() }}) as correction_amount,
        cast(entry_count as {{ dbt.type_bigint() }}) as entry_count
    from summed
)

select *
from final
