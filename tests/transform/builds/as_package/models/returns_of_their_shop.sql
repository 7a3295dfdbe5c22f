select
    sm_store_id,
    count(*) as return_count
from {{ ref('loop_returns', 'fct_returns') }}
group by sm_store_id
