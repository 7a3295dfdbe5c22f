-- Where do returned goods go?
select places.destination_id, places.destination_name, count(*) as return_count
from {{ ref('loop_returns', 'fct_returns') }} as returns
left join {{ ref('loop_returns', 'dim_destinations') }} as places
    on returns.destination_id = places.destination_id
where returns.is_counted_return
group by places.destination_id, places.destination_name
