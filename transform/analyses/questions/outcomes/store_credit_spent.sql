-- How much of the store credit has been spent?
select currency_code, issued_amount, redeemed_amount, outstanding_amount,
    store_credit_redeemed_share
from {{ ref('loop_returns', 'rpt_store_credit') }}
