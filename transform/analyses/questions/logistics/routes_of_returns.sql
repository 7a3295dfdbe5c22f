-- From which countries does each destination get its returns?
select destination_id, origin_country_code, count(*) as return_count
from {{ ref('loop_returns', 'fct_returns') }}
where is_counted_return
group by destination_id, origin_country_code
