-- Which share of returns, units and customers was matched with the shop's data?
select coverage, finding, row_count, match_coverage
from {{ ref('loop_returns', 'rpt_match_coverage') }}
