with returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
    where is_counted_return and return_week_bucket is not null
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
),

months as (
    select
        root_order_month_date,
        is_order_mature,
        outcome_group,
        return_week_bucket,
        return_week_bucket_sort,
        count(*) as return_count
    from returns
    group by 1, 2, 3, 4, 5
),

variants as (
    {{ by_maturity('months', 'is_order_mature') }}
),

summed as (
    select
        variants.maturity,
        periods.period_type,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        variants.outcome_group,
        variants.return_week_bucket,
        variants.return_week_bucket_sort,
        sum(variants.return_count) as return_count
    from variants
    inner join periods
        on variants.root_order_month_date = periods.month_date
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

totalled as (
    select
        *,
        sum(return_count) over (
            partition by maturity, period, outcome_group
        ) as group_return_count
    from summed
),

final as (
    select
        'return_week_bucket_share' as metric_name,
        'order' as date_basis,
        maturity,
        period_type,
        period,
        period_start_date,
        is_current_period,
        outcome_group,
        return_week_bucket,
        return_week_bucket_sort,
        cast(return_count as {{ dbt.type_bigint() }}) as return_count,
        cast(group_return_count as {{ dbt.type_bigint() }})
            as group_return_count,
        {{ ratio('return_count', 'group_return_count') }}
            as return_week_bucket_share,
        {{ wilson_bound('return_count', 'group_return_count', 'lower') }}
            as return_week_bucket_share_lower,
        {{ wilson_bound('return_count', 'group_return_count', 'upper') }}
            as return_week_bucket_share_upper
    from totalled
)

select *
from final
