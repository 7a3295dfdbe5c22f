select
    dimension_value as sku, period, group_units, parent_return_reason,
    returned_units, return_reason_share
from rpt_return_reasons
where dimension_type = 'sku' and reason_level = 'parent' and reason_rank = 1
order by group_units desc nulls last, dimension_value, parent_return_reason
