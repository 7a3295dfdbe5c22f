{{ config(materialized='view') }}

with entries as (
    select *
    from {{ ref('loop_returns', 'int_ledger_entries') }}
),

redemptions as (
    select *
    from {{ ref('loop_returns', 'int_store_credit_redeemed') }}
),

redeemed as (
    {% for account_class, sign in [('store_credit', ''), ('payments', '-')] -%}
    select
        store_id || '/' || return_id || '/store_credit_redeemed/'
        || '{{ account_class }}/' || payment_id as ledger_entry_key,
        return_id,
        store_id,
        sm_order_key,
        order_id,
        order_name,
        'store_credit_redeemed' as entry_type,
        '{{ account_class }}' as account_class,
        currency_code,
        cast(null as {{ dbt.type_string() }}) as payment_gateway,
        'order_payments' as source_table,
        payment_id as source_id,
        {{ sign }}redeemed_amount as amount,
        cast(null as date) as loop_date,
        {{ local_date('redeemed_at') }} as shopify_date,
        cast(null as {{ dbt.type_timestamp() }}) as loop_occurred_at,
        redeemed_at as shopify_booked_at
    from redemptions
    {{ "union all" if not loop.last }}
    {% endfor -%}
),

final as (
    select
        {%- for column in ledger_columns() %}
        {{ column }},
        {%- endfor %}
        amount
    from entries
    union all
    select
        {%- for column in ledger_columns() %}
        {{ column }},
        {%- endfor %}
        amount
    from redeemed
)

select *
from final
