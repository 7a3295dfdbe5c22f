-- How much store credit do we owe at the end of each month?
select period, currency_code, opening_amount, issued_amount,
    redeemed_amount, closing_amount
from {{ ref('loop_returns', 'rpt_store_credit_roll_forward') }}
