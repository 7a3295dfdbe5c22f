select
    metric_name, date_basis, stage, maturity, period_type, period,
    period_start_date, currency_code, outcome, numerator, denominator, share,
    share_lower, share_upper
from rpt_outcome_split
order by period_start_date nulls last, share desc, outcome
