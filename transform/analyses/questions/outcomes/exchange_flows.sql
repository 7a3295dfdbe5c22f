-- Which variants are exchanged for which, most often first?
select from_sku, to_sku, flow_kind, exchanged_units,
    exchange_flow_share
from {{ ref('loop_returns', 'rpt_exchange_flows') }}
where period_type = 'all'
order by exchanged_units desc
