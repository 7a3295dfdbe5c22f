select
    period, reason_class, tie_line, currency_code, count(*) as case_count,
    sum(ledger_amount) as ledger_amount,
    sum(shopify_amount) as shopify_amount,
    sum(difference_amount) as difference_amount
from rpt_ledger_tie
where reason_class <> 'none'
group by period, reason_class, tie_line, currency_code
order by period desc nulls last, reason_class, tie_line, currency_code
