select
    order_name, return_date, return_state, outcome_group,
    shopify_order_id is null as lacks_order_id, is_order_matched
from fct_returns
where not is_identified_customer
order by return_date desc nulls last, order_name
