-- How much is booked as refunds on each day?
select posting_date, currency_code, sum(amount) as refunds
from {{ ref('loop_returns', 'fct_return_ledger') }}
where entry_type = 'refund' and account_class = 'payments'
group by posting_date, currency_code
