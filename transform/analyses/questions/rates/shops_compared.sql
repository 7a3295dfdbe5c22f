-- How do the shops of the warehouse compare?
select sm_store_id, currency_code, count(*) as return_count,
    sum(refund_amount) as refund_amount,
    sum(retained_revenue) as retained_revenue
from {{ ref('loop_returns', 'fct_returns') }}
where is_counted_return
group by sm_store_id, currency_code
