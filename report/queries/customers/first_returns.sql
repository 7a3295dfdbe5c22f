select
    fct_returns.order_name, fct_customer_index_returns.outcome_group,
    fct_customer_index_returns.anchor_date,
    fct_customer_index_returns.is_window_observed,
    fct_customer_index_returns.has_repurchased,
    fct_customer_index_returns.days_to_repurchase
from fct_customer_index_returns
inner join fct_returns
    on fct_customer_index_returns.index_return_id = fct_returns.loop_return_id
order by
    fct_customer_index_returns.anchor_date desc nulls last,
    fct_returns.order_name
