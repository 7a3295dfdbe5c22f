-- What do the labels of each carrier cost?
select carrier, currency_code, count(*) as labels, sum(label_cost) as label_cost
from {{ ref('loop_returns', 'fct_return_labels') }}
where is_counted_return
group by carrier, currency_code
