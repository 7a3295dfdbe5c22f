-- Why do the amounts of Loop and Shopify differ?
select tie_line, reason_class, currency_code,
    sum(difference_amount) as difference,
    sum(unexplained_amount) as unexplained
from {{ ref('loop_returns', 'rpt_ledger_tie') }}
group by tie_line, reason_class, currency_code
