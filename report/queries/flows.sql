select
    period, from_variant_id, from_sku, to_variant_id, to_sku, flow_kind,
    exchanged_units, from_units, exchange_flow_share, returned_again_units
from rpt_exchange_flows
order by exchanged_units desc, from_sku, to_sku
