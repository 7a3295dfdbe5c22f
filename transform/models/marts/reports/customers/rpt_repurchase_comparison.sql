{%- set window = var('repurchase_window_days') | int -%}

with customers as (
    select *
    from {{ ref('loop_returns', 'fct_customer_index_returns') }}
    where index_return_id is not null
),

spells as (
    select *
    from {{ ref('loop_returns', 'int_repurchase_spells') }}
),

-- The customer's last order placed by the end of the day of the return.
returners as (
    select
        customers.outcome_group,
        spells.order_index,
        spells.value_band,
        {{ days_between('spells.order_date', 'customers.anchor_date') }}
            as day_number,
        coalesce(
            spells.days_to_next_order
            - {{ days_between('spells.order_date', 'customers.anchor_date') }}
            <= {{ window }}, false
        ) as has_repurchased
    from customers
    inner join spells
        on customers.sm_customer_key = spells.sm_customer_key
    where
        customers.is_window_observed
        and {{ days_between(
            'spells.order_date', 'customers.anchor_date'
        ) }} >= 0
        and (
            spells.days_to_next_order is null
            or spells.days_to_next_order
            > {{ days_between('spells.order_date', 'customers.anchor_date') }}
        )
),

cells as (
    select
        order_index,
        value_band,
        day_number,
        outcome_group,
        count(*) as customer_count,
        {{ count_if('has_repurchased') }} as repurchased_count
    from returners
    group by 1, 2, 3, 4
    union all
    select
        order_index,
        value_band,
        day_number,
        'any return' as outcome_group,
        count(*) as customer_count,
        {{ count_if('has_repurchased') }} as repurchased_count
    from returners
    group by 1, 2, 3, 4
),

-- The number of comparable customers on a day is a running sum of those who
-- become comparable, minus those who stop being comparable.
changes as (
    select
        order_index,
        value_band,
        0 as day_number,
        count(*) as comparable_change,
        0 as repurchase_change
    from spells
    where last_comparable_day >= 0
    group by 1, 2
    union all
    select
        order_index,
        value_band,
        last_comparable_day + 1 as day_number,
        -count(*) as comparable_change,
        0 as repurchase_change
    from spells
    where last_comparable_day >= 0
    group by 1, 2, 3
    union all
    select
        order_index,
        value_band,
        first_repurchase_day as day_number,
        0 as comparable_change,
        count(*) as repurchase_change
    from spells
    where first_repurchase_day <= last_comparable_day
    group by 1, 2, 3
    union all
    select
        order_index,
        value_band,
        last_comparable_day + 1 as day_number,
        0 as comparable_change,
        -count(*) as repurchase_change
    from spells
    where first_repurchase_day <= last_comparable_day
    group by 1, 2, 3
    union all
    select distinct
        order_index,
        value_band,
        day_number,
        0 as comparable_change,
        0 as repurchase_change
    from cells
),

days as (
    select
        order_index,
        value_band,
        day_number,
        sum(sum(comparable_change)) over (
            partition by order_index, value_band
            order by day_number
            rows between unbounded preceding and current row
        ) as comparable_count,
        sum(sum(repurchase_change)) over (
            partition by order_index, value_band
            order by day_number
            rows between unbounded preceding and current row
        ) as comparable_repurchased_count
    from changes
    group by order_index, value_band, day_number
),

matched as (
    select
        cells.*,
        {{ ratio(
            'days.comparable_repurchased_count', 'days.comparable_count'
        ) }}
            as expected_rate,
        -- One success and one failure are added, so no standard error is zero.
        sqrt(
            {{ ratio(
                'days.comparable_repurchased_count + 1',
                'days.comparable_count + 2'
            ) }}
            * (1 - {{ ratio(
                'days.comparable_repurchased_count + 1',
                'days.comparable_count + 2'
            ) }})
            / days.comparable_count
        ) as expected_rate_error
    from cells
    inner join days
        on
            cells.order_index = days.order_index
            and cells.value_band = days.value_band
            and cells.day_number = days.day_number
    where days.comparable_count > 0
),

-- The standard errors of the days are added, not their squares, because the
-- same customers are in the comparison on many days.
strata as (
    select
        outcome_group,
        order_index,
        value_band,
        sum(customer_count) as customer_count,
        sum(repurchased_count) as repurchased_count,
        sum(cast(customer_count * expected_rate as {{ type_exact_ratio() }}))
            as expected_count,
        sum(cast(
            customer_count * expected_rate_error as {{ type_exact_ratio() }}
        )) as expected_error
    from matched
    group by 1, 2, 3
),

classes as (
    select
        outcome_group,
        sum(customer_count) as customer_count,
        sum(repurchased_count) as repurchased_count,
        {{ ratio('sum(expected_count)', 'sum(customer_count)') }}
            as expected_rate,
        sum(cast(
            cast(expected_error as {{ type_ratio() }})
            * cast(expected_error as {{ type_ratio() }})
            as {{ type_exact_ratio() }}
        )) as squared_error
    from strata
    group by 1
),

-- Effective sample size: a share of this many customers would have the same
-- standard error.
weighed as (
    select
        *,
        {{ ratio('repurchased_count', 'customer_count') }} as matched_rate,
        expected_rate * (1 - expected_rate)
        * customer_count * customer_count
        / nullif(cast(squared_error as {{ type_ratio() }}), 0)
            as expected_customers
    from classes
),

bounded as (
    select
        *,
        {{ wilson_bound('repurchased_count', 'customer_count', 'lower') }}
            as matched_rate_lower,
        {{ wilson_bound('repurchased_count', 'customer_count', 'upper') }}
            as matched_rate_upper,
        {{ wilson_bound(
            'expected_rate * expected_customers', 'expected_customers', 'lower'
        ) }} as expected_rate_lower,
        {{ wilson_bound(
            'expected_rate * expected_customers', 'expected_customers', 'upper'
        ) }} as expected_rate_upper
    from weighed
),

index_counts as (
    select
        outcome_group,
        count(*) as index_customers
    from customers
    where is_window_observed
    group by outcome_group
    union all
    select
        'any return' as outcome_group,
        count(*) as index_customers
    from customers
    where is_window_observed
),

final as (
    select
        'repurchase_difference_90d' as metric_name,
        'return' as date_basis,
        bounded.outcome_group,
        cast(index_counts.index_customers as {{ dbt.type_bigint() }})
            as mature_customers,
        cast(bounded.customer_count as {{ dbt.type_bigint() }})
            as matched_customers,
        cast(bounded.repurchased_count as {{ dbt.type_bigint() }})
            as repurchased_customers,
        bounded.matched_rate as repurchase_rate_matched,
        bounded.matched_rate_lower as repurchase_rate_matched_lower,
        bounded.matched_rate_upper as repurchase_rate_matched_upper,
        bounded.expected_rate as repurchase_rate_expected,
        bounded.expected_rate_lower as repurchase_rate_expected_lower,
        bounded.expected_rate_upper as repurchase_rate_expected_upper,
        bounded.matched_rate - bounded.expected_rate
            as repurchase_difference_90d,
        {{ difference_bound(
            'bounded.matched_rate', 'bounded.expected_rate', 'lower'
        ) }} as repurchase_difference_90d_lower,
        {{ difference_bound(
            'bounded.matched_rate', 'bounded.expected_rate', 'upper'
        ) }} as repurchase_difference_90d_upper,
        bounded.customer_count >= {{ var('minimum_customers_ranked') }}
            as is_ranked
    from bounded
    inner join index_counts
        on bounded.outcome_group = index_counts.outcome_group
)

select *
from final
