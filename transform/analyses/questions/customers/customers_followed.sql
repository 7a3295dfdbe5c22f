-- For how many customers is the repurchase window over?
select outcome_group, count(*) as customers,
    sum(case when is_window_observed then 1 else 0 end) as followed
from {{ ref('loop_returns', 'fct_customer_index_returns') }}
group by outcome_group
