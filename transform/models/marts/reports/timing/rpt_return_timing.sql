{%- set clocks = [
    'days_to_return', 'days_to_return_from_root', 'days_return_to_close'
] -%}

with returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
    where is_counted_return
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
),

clocks as (
    {% for name in clocks -%}
    select
        '{{ name }}' as metric_name,
        outcome_group,
        root_order_month_date,
        is_order_mature,
        {{ name }} as days
    from returns
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

-- One row per number of days, with the number of returns.
counted as (
    select
        metric_name,
        outcome_group,
        root_order_month_date,
        is_order_mature,
        days,
        count(*) as return_count
    from clocks
    where
        days is not null
        and root_order_month_date is not null
    group by 1, 2, 3, 4, 5
),

variants as (
    {{ by_maturity('counted', 'is_order_mature') }}
),

summed as (
    select
        variants.metric_name,
        variants.maturity,
        periods.period_type,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        variants.outcome_group,
        variants.days,
        sum(variants.return_count) as return_count
    from variants
    inner join periods
        on variants.root_order_month_date = periods.month_date
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

ranked as (
    select
        *,
        sum(return_count) over (
            partition by metric_name, maturity, period, outcome_group
            order by days
            rows between unbounded preceding and current row
        ) as returns_up_to,
        sum(return_count) over (
            partition by metric_name, maturity, period, outcome_group
        ) as all_returns
    from summed
),

-- Percentiles are observed numbers of days, never interpolated.
final as (
    select
        metric_name,
        'order' as date_basis,
        maturity,
        period_type,
        period,
        period_start_date,
        is_current_period,
        outcome_group,
        cast(sum(return_count) as {{ dbt.type_bigint() }}) as return_count,
        {{ observed_percentile(0.25) }} as first_quartile_days,
        {{ observed_percentile(0.5) }} as median_days,
        {{ observed_percentile(0.75) }} as third_quartile_days,
        {{ ratio(
            'sum(case when days <= 7 then return_count else 0 end)',
            'sum(return_count)'
        ) }} as share_within_7_days,
        {{ ratio(
            'sum(case when days <= 14 then return_count else 0 end)',
            'sum(return_count)'
        ) }} as share_within_14_days,
        {{ ratio(
            'sum(case when days <= 28 then return_count else 0 end)',
            'sum(return_count)'
        ) }} as share_within_28_days
    from ranked
    group by 1, 2, 3, 4, 5, 6, 7, 8
)

select *
from final
