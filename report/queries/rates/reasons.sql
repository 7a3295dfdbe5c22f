select
    reason_level, dimension_type, dimension_value, period, parent_return_reason,
    return_reason, returned_units, group_units, return_reason_share,
    return_reason_share_lower, return_reason_share_upper, reason_rank
from rpt_return_reasons
where dimension_type in ('all', 'category') and reason_level in ('parent', 'child')
order by reason_rank
