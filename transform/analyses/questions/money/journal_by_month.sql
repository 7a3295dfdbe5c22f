-- Which entries should be booked for returns each month?
select period, account_class, currency_code, debit_amount, credit_amount
from {{ ref('loop_returns', 'rpt_ledger_journal') }}
