select
    period, coalesce(from_product_id, from_product_title) as from_product,
    from_variant_id, from_sku, from_product_title, from_product_category,
    to_variant_id, to_sku, flow_kind, exchanged_units, from_units,
    exchange_flow_share, from_product_units, returned_again_units
from rpt_exchange_flows
order by exchanged_units desc, from_sku nulls last, to_sku nulls last
