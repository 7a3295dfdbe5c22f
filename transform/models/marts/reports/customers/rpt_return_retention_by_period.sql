with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_with_later_orders') }}
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
    where period_type <> 'all'
),

-- For trends, a customer's first return within each period counts.
ranked as (
    select
        periods.period_type,
        periods.period,
        periods.period_start_date,
        returns.outcome_group,
        returns.is_window_observed,
        returns.has_repurchased,
        row_number() over (
            partition by periods.period, returns.sm_customer_key
            order by returns.return_created_at, returns.return_id
        ) as position
    from returns
    inner join periods
        on returns.return_month_date = periods.month_date
),

classes as (
    select
        period_type,
        period,
        period_start_date,
        outcome_group,
        count(*) as index_customers,
        {{ count_if('is_window_observed') }} as mature_customers,
        {{ count_if('is_window_observed and has_repurchased') }}
            as repurchased_customers
    from ranked
    where position = 1
    group by 1, 2, 3, 4
),

final as (
    select
        'repurchase_rate_90d_by_period' as metric_name,
        'return' as date_basis,
        period_type,
        period,
        period_start_date,
        outcome_group,
        index_customers,
        mature_customers,
        index_customers - mature_customers as immature_customers,
        mature_customers = index_customers as is_period_mature,
        repurchased_customers,
        {{ ratio('repurchased_customers', 'mature_customers') }}
            as repurchase_rate_90d,
        {{ wilson_bound('repurchased_customers', 'mature_customers', 'lower') }}
            as repurchase_rate_90d_lower,
        {{ wilson_bound('repurchased_customers', 'mature_customers', 'upper') }}
            as repurchase_rate_90d_upper,
        mature_customers >= {{ var('minimum_customers_ranked') }} as is_ranked
    from classes
)

select *
from final
