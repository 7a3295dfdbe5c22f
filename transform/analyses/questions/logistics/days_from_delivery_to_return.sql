-- How long after delivery do returns start?
select days_delivery_to_return, count(*) as return_count
from {{ ref('loop_returns', 'fct_returns') }}
where is_counted_return and days_delivery_to_return is not null
group by days_delivery_to_return
