-- Which outstanding returns are older than 30 days, and what happened last?
select loop_return_id, days_since_request, last_milestone
from {{ ref('loop_returns', 'rpt_returns_outstanding') }}
where days_since_request > 30
