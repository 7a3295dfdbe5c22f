with customers as (
    select *
    from {{ ref('fct_customer_index_returns') }}
),

days as (
    select
        outcome_group,
        observed_days,
        count(*) as customer_count,
        {{ count_if('has_repurchased') }} as event_count
    from customers
    group by outcome_group, observed_days
),

-- At risk on a day is who was watched at least that long.
at_risk as (
    select
        outcome_group,
        event_count,
        sum(customer_count) over (
            partition by outcome_group
            order by observed_days desc
            rows between unbounded preceding and current row
        ) as at_risk_count
    from days
),

-- The product of survivals is the exponential of their logarithms' sum.
final as (
    select
        outcome_group,
        1 - case
            when {{ count_if('event_count = at_risk_count') }} > 0 then 0
            else exp(sum(case
                when event_count < at_risk_count then ln(
                    1 - {{ ratio('event_count', 'at_risk_count') }}
                )
            end))
        end as repurchase_rate_km
    from at_risk
    group by outcome_group
)

select *
from final
