select
    order_name, return_date, root_order_date, return_closed_date, return_state,
    outcome_group, currency_code, refund_amount, gift_card_amount,
    exchanged_value, upsell_amount, net_return_cost, net_return_cost_cash,
    net_return_cost_landed, days_to_return, days_to_return_from_root,
    days_return_to_close,
    return_week_bucket, is_order_matched, is_realised_return, is_in_order_cohort,
    is_order_mature
from fct_returns
where is_counted_return
order by return_date desc nulls last, order_name
