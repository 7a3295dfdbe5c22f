{#
    Entries up to the closing date as they were when the period was closed, and
    a row without a return for each closing, because a period without entries is
    closed too. Rows are only added; a full refresh keeps them.
#}
{{ config(
    materialized='incremental',
    full_refresh=false,
    incremental_strategy='merge' if target.type == 'bigquery' else 'append',
    on_schema_change='append_new_columns',
    post_hook="{{ rebuild_after_closing() }}"
) }}

with entries as (
    select *
    from {{ ref('loop_returns', 'int_ledger_entries_unioned') }}
    {% if not var('ledger_closed_through_date') -%}
    where false
    {%- endif %}
),

closed as (
    {% if is_incremental() -%}
    select *
    from {{ this }}
    {%- else -%}
    select
        *,
        cast(null as date) as posting_date,
        cast(null as date) as closed_through_date
    from entries
    where 1 = 0
    {%- endif %}
),

closing as (
    select
        max(closed_through_date) as last_closed_date,
        {% if var('ledger_closed_through_date') -%}
        cast({{ text_literal(var('ledger_closed_through_date')) }} as date)
        {%- else -%}
        cast(null as date)
        {%- endif %} as closed_through_date
    from closed
),

to_book as (
    {{ entries_to_book(
        'entries', 'closed', '(select last_closed_date from closing)'
    ) }}
),

final as (
    select
        {%- for column in ledger_columns() %}
        to_book.{{ column }},
        {%- endfor %}
        to_book.amount,
        to_book.posting_date,
        to_book.is_correction,
        closing.closed_through_date
    from to_book
    cross join closing
    where to_book.posting_date <= closing.closed_through_date
    union all
    select
        'closing/' || cast(closed_through_date as {{ dbt.type_string() }})
            as ledger_entry_key,
        {%- for column in ledger_columns() if column != 'ledger_entry_key' %}
        null as {{ column }},
        {%- endfor %}
        cast(0 as {{ type_money() }}) as amount,
        closed_through_date as posting_date,
        false as is_correction,
        closed_through_date
    from closing
    where
        closed_through_date > last_closed_date
        or closed_through_date is not null and last_closed_date is null
)

select *
from final
