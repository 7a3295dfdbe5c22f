-- What share of returns becomes an exchange, a refund or credit, by quarter?
select period, outcome, numerator, share, share_lower, share_upper
from {{ ref('loop_returns', 'rpt_outcome_split') }}
where metric_name = 'outcome_share_returns' and date_basis = 'return'
    and stage = 'initiated' and maturity = 'to_date'
    and period_type = 'quarter'
