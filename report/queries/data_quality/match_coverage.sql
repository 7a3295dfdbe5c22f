select coverage, finding, is_found, row_count, all_row_count, match_coverage
from rpt_match_coverage
order by coverage desc, is_found desc, row_count desc
