{%- set chosen = [
    'loop_returns',
    var('shopify_source'),
    var('subscription_source'),
    var('ticket_source'),
] -%}

with final as (
    {% for table in raw_tables(chosen) -%}
    select
        '{{ table.source_name }}' as source_name,
        '{{ table.name }}' as table_name,
        {{ 'true' if table.is_optional else 'false' }} as is_optional,
        {{ 'true' if table['columns'] else 'false' }} as is_loaded,
        count(*) as row_count,
        {{ count_if(raw_key_is_null(table)) }} as row_without_key_count
    from {{ table.relation }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
)

select *
from final
