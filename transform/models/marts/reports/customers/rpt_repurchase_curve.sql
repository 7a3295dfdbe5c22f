{%- set window = var('repurchase_window_days') | int -%}

with customers as (
    select *
    from {{ ref('loop_returns', 'fct_customer_index_returns') }}
),

days as (
    select generated_number - 1 as days_since_return
    from ({{ dbt.generate_series(window + 1) }}) as numbers
),

classes as (
    select distinct outcome_group
    from customers
),

observed as (
    select
        outcome_group,
        observed_days,
        count(*) as customer_count,
        {{ count_if('has_repurchased') }} as repurchased_customers
    from customers
    group by outcome_group, observed_days
),

-- Customers at risk on a day were observed at least until that day.
at_risk as (
    select
        classes.outcome_group,
        days.days_since_return,
        coalesce(observed.repurchased_customers, 0) as repurchased_customers,
        sum(coalesce(observed.customer_count, 0)) over (
            partition by classes.outcome_group
            order by days.days_since_return desc
            rows between unbounded preceding and current row
        ) as customers_at_risk
    from classes
    cross join days
    left join observed
        on
            classes.outcome_group = observed.outcome_group
            and days.days_since_return = observed.observed_days
),

-- The product of the survival probabilities, as the exponential of the sum of
-- logarithms.
summed as (
    select
        *,
        sum(case
            when repurchased_customers < customers_at_risk then ln(
                1 - {{ ratio('repurchased_customers', 'customers_at_risk') }}
            )
        end) over (
            partition by outcome_group
            order by days_since_return
            rows between unbounded preceding and current row
        ) as log_survival,
        sum(case
            when repurchased_customers < customers_at_risk
                then {{ ratio(
                    'repurchased_customers',
                    'customers_at_risk'
                    ~ ' * (customers_at_risk - repurchased_customers)'
                ) }}
        end) over (
            partition by outcome_group
            order by days_since_return
            rows between unbounded preceding and current row
        ) as scatter
    from at_risk
    where customers_at_risk > 0
),

estimated as (
    select
        *,
        -- The rows end when the last customers at risk have all bought.
        case
            when repurchased_customers = customers_at_risk then 0
            else exp(log_survival)
        end as survival
    from summed
),

-- Effective sample size: a share of this many fully observed customers would be
-- as precise.
weighed as (
    select
        outcome_group,
        cast(days_since_return as {{ dbt.type_bigint() }})
            as days_since_return,
        cast(customers_at_risk as {{ dbt.type_bigint() }})
            as customers_at_risk,
        repurchased_customers,
        1 - survival as repurchase_share,
        case
            when survival > 0 and scatter > 0
                then (1 - survival) / (survival * scatter)
            else cast(customers_at_risk as {{ type_ratio() }})
        end as effective_customers
    from estimated
),

survival as (
    select
        *,
        repurchase_share * effective_customers as effective_repurchases
    from weighed
),

final as (
    select
        'repurchase_share' as metric_name,
        'return' as date_basis,
        outcome_group,
        outcome_group = 'no return' as is_baseline,
        days_since_return,
        customers_at_risk,
        repurchased_customers,
        repurchase_share,
        {{ wilson_bound(
            'effective_repurchases', 'effective_customers', 'lower'
        ) }} as share_lower,
        {{ wilson_bound(
            'effective_repurchases', 'effective_customers', 'upper'
        ) }} as share_upper
    from survival
)

select *
from final
