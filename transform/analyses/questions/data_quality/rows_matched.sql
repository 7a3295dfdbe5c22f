-- Which share of returns and units was matched with the shop's data?
select coverage, finding, row_count, match_coverage
from {{ ref('loop_returns', 'rpt_match_coverage') }}
