{#
    Post-hook of int_ledger_entries_closed: if `fct_return_ledger` does not have
    the same closed entries, removes its watermark, so that it is rebuilt
    completely. Closing a period, or dropping or restoring the closed entries,
    changes rows of returns that are not affected otherwise.
#}
{% macro rebuild_after_closing() -%}
    {%- set watermarks = own_relation('int_watermarks') if execute else none -%}
    {%- set ledger = own_relation('fct_return_ledger') if execute else none -%}
    {%- if watermarks is not none and ledger is not none -%}
    delete from {{ watermarks }}
    where
        table_name = '{{ ledger.identifier }}'
        and exists (
            select 1
            from (
                select
                    count(*) as entry_count,
                    sum(amount) as amount
                from {{ this }}
                where return_id is not null
            ) as closed
            cross join (
                select
                    count(*) as entry_count,
                    sum(amount) as amount
                from {{ ledger }}
                where is_closed
            ) as booked
            where
                closed.entry_count <> booked.entry_count
                or closed.amount <> booked.amount
        )
    {%- endif -%}
{%- endmacro %}
