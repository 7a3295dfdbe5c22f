with return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
),

final as (
    select
        {{ text_hash(
            "parent_return_reason || '|' || return_reason"
        ) }} as return_reason_key,
        parent_return_reason,
        return_reason,
        min(reason_group) as reason_group,
        {{ count_if('is_reason_mapped') }} > 0 as is_mapped,
        {{ count_if(
            'is_counted_return and is_merchandise and not is_over_line_quantity'
        ) }} as returned_unit_count,
        min(return_date) as first_return_date,
        max(return_date) as last_return_date
    from return_lines
    group by parent_return_reason, return_reason
)

select *
from final
