-- How many exchanges are sent before the goods are back?
with exchanges as (
    select exchange_processed_at < goods_delivered_at as is_before
    from {{ ref('loop_returns', 'fct_returns') }}
    where is_counted_return and exchange_processed_at is not null
)
select coalesce(is_before, true) as is_sent_before, count(*) as return_count
from exchanges
group by coalesce(is_before, true)
