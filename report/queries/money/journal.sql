select
    period, period_start_date, account_class, currency_code,
    sum(debit_amount) as debit_amount, sum(credit_amount) as credit_amount,
    sum(net_amount) as net_amount
from rpt_ledger_journal
group by period, period_start_date, account_class, currency_code
order by period_start_date desc, account_class, currency_code
