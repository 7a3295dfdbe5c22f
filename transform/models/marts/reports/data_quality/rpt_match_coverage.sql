with returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
),

return_lines as (
    select *
    from {{ ref('loop_returns', 'fct_return_lines') }}
),

findings as (
    select
        'returns with their order' as coverage,
        case
            when is_order_matched then 'matched by ' || match_method
            when shopify_order_id is null then 'no order id in Loop'
            else 'order not loaded'
        end as finding,
        is_order_matched as is_found
    from returns
    union all
    select
        'returned units with their order line' as coverage,
        case line_link_method
            when 'none' then 'no such line'
            else 'linked by ' || line_link_method
        end as finding,
        line_link_method <> 'none' as is_found
    from return_lines
    union all
    select
        'returns with their customer' as coverage,
        case
            when is_identified_customer then 'customer of the order'
            when is_order_matched then 'guest order'
            else 'return without order'
        end as finding,
        is_identified_customer as is_found
    from returns
),

counted as (
    select
        coverage,
        finding,
        is_found,
        count(*) as row_count
    from findings
    group by coverage, finding, is_found
),

final as (
    select
        'match_coverage' as metric_name,
        coverage,
        finding,
        is_found,
        row_count,
        cast(
            sum(row_count) over (partition by coverage)
            as {{ dbt.type_bigint() }}
        ) as all_row_count,
        {{ ratio(
            'row_count', 'sum(row_count) over (partition by coverage)'
        ) }} as match_coverage
    from counted
)

select *
from final
