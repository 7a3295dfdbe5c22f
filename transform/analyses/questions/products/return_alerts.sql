-- Which products, sizes, SKUs and reasons come back more often than their peers?
select dimension_type, peer_group, dimension_value, reason_group, noticed_date
from {{ ref('loop_returns', 'rpt_return_alerts') }}
order by noticed_date desc
