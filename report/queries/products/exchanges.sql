select
    fct_returns.order_name, fct_exchange_flows.return_date,
    fct_exchange_flows.from_variant_id, fct_exchange_flows.from_sku,
    fct_exchange_flows.from_product_title, fct_exchange_flows.to_variant_id,
    fct_exchange_flows.to_sku, fct_exchange_flows.to_product_title,
    fct_exchange_flows.flow_kind, fct_exchange_flows.exchange_order_name,
    fct_exchange_flows.is_returned_again
from fct_exchange_flows
inner join fct_returns
    on fct_exchange_flows.loop_return_id = fct_returns.loop_return_id
order by fct_exchange_flows.return_date desc nulls last, fct_returns.order_name
