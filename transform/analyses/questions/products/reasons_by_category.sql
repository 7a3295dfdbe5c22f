-- Why does each category come back?
select dimension_value as product_category, parent_return_reason,
    returned_units, return_reason_share, reason_rank
from {{ ref('loop_returns', 'rpt_return_reasons') }}
where reason_level = 'parent' and dimension_type = 'category'
    and period_type = 'all'
