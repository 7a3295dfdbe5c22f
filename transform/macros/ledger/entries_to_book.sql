{#
    Ledger entries that are not closed: the current amount of each entry in
    `entries` minus its amount in `closed`. `closed_through` is the last closed
    day, or null. A difference dated on or before that day is booked on the day
    after it.
#}
{% macro entries_to_book(entries, closed, closed_through) -%}
    select
        {%- for column in ledger_columns() %}
        coalesce({{ entries }}.{{ column }}, booked.{{ column }})
            as {{ column }},
        {%- endfor %}
        cast(
            coalesce({{ entries }}.amount, 0)
            - coalesce(booked.booked_amount, 0) as {{ type_money() }}
        ) as amount,
        case
            when {{ entry_date(entries) }} <= {{ closed_through }}
                then cast({{ dbt.dateadd('day', 1, closed_through) }} as date)
            else {{ entry_date(entries) }}
        end as posting_date,
        coalesce({{ entry_date(entries) }} <= {{ closed_through }}, false)
            as is_correction
    from {{ entries }}
    full outer join (
        select *
        from (
            select
                *,
                sum(amount) over (partition by ledger_entry_key)
                    as booked_amount,
                row_number() over (
                    partition by ledger_entry_key
                    order by posting_date desc
                ) as newest_first
            from {{ closed }}
        ) as numbered
        where newest_first = 1
    ) as booked
        on {{ entries }}.ledger_entry_key = booked.ledger_entry_key
    where
        coalesce({{ entries }}.amount, 0)
        <> coalesce(booked.booked_amount, 0)
{%- endmacro %}

{# The day of an entry: Shopify's, or Loop's if Shopify has none. #}
{% macro entry_date(entries) -%}
    coalesce(
                {{ entries }}.shopify_date, {{ entries }}.loop_date,
                booked.shopify_date, booked.loop_date
            )
{%- endmacro %}
