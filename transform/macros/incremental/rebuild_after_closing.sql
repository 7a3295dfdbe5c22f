{#
    Post-hook of int_ledger_entries_closed: if this build closed entries, removes
    the watermark of `table`, so that it is rebuilt completely. Closing changes
    rows of returns that are not affected otherwise.
#}
{% macro rebuild_after_closing(table) -%}
    {%- set watermarks = own_relation('int_watermarks') if execute else none -%}
    {%- if watermarks is not none and var('ledger_closed_through_date') -%}
    delete from {{ watermarks }}
    where
        table_name = '{{ table }}'
        and exists (
            select 1
            from {{ this }} as closed
            where closed.built_at = {{ built_at() }}
        )
    {%- endif -%}
{%- endmacro %}
