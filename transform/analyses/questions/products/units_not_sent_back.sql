-- How many returned units does the shopper keep?
select is_kept, count(*) as units
from {{ ref('loop_returns', 'fct_return_lines') }}
where is_counted_return
group by is_kept
