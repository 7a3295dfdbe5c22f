{#
    Rows of the CTE `renamed` that their return still has, and that have a key:
    a row read with an older version of its return is gone from it.
#}
{% macro current_return_rows(key) -%}
    with returns as (
        select *
        from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
    )

    select renamed.*
    from renamed
    inner join returns
        on renamed.return_id = returns.return_id
    where
        renamed.{{ key }} is not null
        and renamed.return_updated_at
        is not distinct from returns.return_updated_at
{%- endmacro %}
