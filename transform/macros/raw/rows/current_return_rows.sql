{#
    Rows of the CTE `renamed` that have a key and that their return still has. A
    row that is older than the current version of its return was removed from
    the return.
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
