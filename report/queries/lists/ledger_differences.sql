select
    order_name, shopify_order_id, period, tie_date, reason_class, tie_line,
    currency_code, ledger_amount, shopify_amount, difference_amount
from rpt_ledger_tie
where reason_class <> 'none' and difference_rank <= 50
order by
    period desc nulls last, reason_class, tie_line, currency_code,
    difference_rank
