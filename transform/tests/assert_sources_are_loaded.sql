{#
    The raw tables of returns and of orders exist in the schemas that the
    variables name. A wrong schema would otherwise look like a shop without
    returns or orders.
#}
{{ config(severity='warn') }}

{% call with_problems_logged() %}
select
    source_name,
    table_name,
    case
        when source_name = 'loop_returns'
            then
                'There is no raw table {{ var("loop_returns_schema") }}.'
                || table_name || '. Load it, or set loop_returns_schema.'
        else
            'There is no raw table {{ var("shopify_schema") }}.'
            || table_name || '. Load it, or set shopify_schema.'
    end as problem
from {{ ref('loop_returns', 'stg_raw_tables') }}
where
    not is_loaded
    and (
        (source_name = 'loop_returns' and table_name = 'returns')
        or (
            source_name = '{{ var("shopify_source") }}'
            and table_name in ('orders', 'order')
        )
    )
{% endcall %}
