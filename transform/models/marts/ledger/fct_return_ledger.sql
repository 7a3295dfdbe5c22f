{{ incremental_by('loop_return_id') }}

with entries as (
    select *
    from {{ ref('loop_returns', 'int_ledger_entries_unioned') }}
    where {{ is_affected('return_id') }}
),

closed as (
    select *
    from {{ ref('loop_returns', 'int_ledger_entries_closed') }}
    where
        return_id is not null
        and {{ is_affected('return_id') }}
),

last_closing as (
    select max(closed_through_date) as closed_through_date
    from {{ ref('loop_returns', 'int_ledger_entries_closed') }}
),

to_book as (
    {{ entries_to_book(
        'entries', 'closed', '(select closed_through_date from last_closing)'
    ) }}
),

booked as (
    {% for rows in ['closed', 'to_book'] -%}
    select
        {%- for column in ledger_columns() %}
        {{ column }},
        {%- endfor %}
        amount,
        posting_date,
        is_correction,
        {{ 'true' if rows == 'closed' else 'false' }} as is_closed
    from {{ rows }}
    {{ "union all" if not loop.last }}
    {% endfor -%}
),

final as (
    select
        -- ids
        ledger_entry_key,
        store_id as sm_store_id,
        return_id as loop_return_id,
        sm_order_key,
        order_id as shopify_order_id,
        source_id,
        -- text
        order_name,
        entry_type,
        account_class,
        currency_code,
        payment_gateway,
        source_table,
        -- numerics
        amount,
        -- booleans
        is_correction,
        is_closed,
        -- dates
        posting_date,
        loop_date,
        shopify_date,
        -- timestamps
        loop_occurred_at,
        shopify_booked_at,
        -- build
        {{ built_at() }} as built_at
    from booked
)

select *
from final
