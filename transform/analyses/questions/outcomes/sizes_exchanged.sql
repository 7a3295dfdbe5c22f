-- Which size is exchanged for which?
with sizes as (
    select variant_id, max(size) as size
    from {{ ref('loop_returns', 'fct_order_lines') }} group by variant_id
)
select sent_back.size as from_size, taken.size as to_size, count(*) as items
from {{ ref('loop_returns', 'fct_exchange_flows') }} as flows
left join sizes as sent_back on flows.from_variant_id = sent_back.variant_id
left join sizes as taken on flows.to_variant_id = taken.variant_id
group by sent_back.size, taken.size
