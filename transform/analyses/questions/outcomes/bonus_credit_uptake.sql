-- How many exchanges take bonus credit?
select count(*) as exchange_returns,
    sum(case when bonus_credit_on_exchange > 0 then 1 else 0 end) as with_bonus
from {{ ref('loop_returns', 'fct_returns') }}
where is_counted_return and has_exchange
