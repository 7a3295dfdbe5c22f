-- Which share of returns and units found their order, line and customer?
select coverage, finding, row_count, match_coverage
from {{ ref('loop_returns', 'rpt_match_coverage') }}
