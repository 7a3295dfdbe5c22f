with ledger as (
    select
        sm_store_id,
        currency_code,
        account_class,
        loop_return_id,
        cast({{ dbt.date_trunc('month', 'posting_date') }} as date)
            as period_start_date,
        amount,
        case when is_correction then amount else 0 end as correction_amount
    from {{ ref('loop_returns', 'fct_return_ledger') }}
    where entry_type <> 'to_come'
),

-- The balance of a return's entries in a month belongs to its entries in other
-- months, or to parts of the return that are still to come.
cleared as (
    select
        sm_store_id,
        currency_code,
        'returns_clearing' as account_class,
        loop_return_id,
        period_start_date,
        -sum(amount) as amount,
        -sum(correction_amount) as correction_amount
    from ledger
    group by sm_store_id, currency_code, loop_return_id, period_start_date
    having sum(amount) <> 0
),

postings as (
    select * from ledger
    union all
    select * from cleared
),

summed as (
    select
        sm_store_id,
        currency_code,
        account_class,
        period_start_date,
        sum(amount) as net_amount,
        sum(case when amount > 0 then amount else 0 end) as debit_amount,
        sum(case when amount < 0 then -amount else 0 end) as credit_amount,
        sum(correction_amount) as correction_amount,
        count(*) as entry_count
    from postings
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
