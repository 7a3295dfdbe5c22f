{#- The first and the last milestone of each duration. -#}
{%- set durations = [
    ('requested', 'label_made'),
    ('requested', 'first_scan'),
    ('first_scan', 'delivered'),
    ('requested', 'delivered'),
    ('delivered', 'inspected'),
    ('delivered', 'processed'),
    ('requested', 'processed'),
    ('delivered', 'refunded'),
    ('requested', 'refunded'),
    ('requested', 'credit_issued'),
    ('requested', 'exchange_ordered'),
    ('exchange_ordered', 'exchange_shipped'),
] -%}
{%- set milestones = durations | sum(start=()) | unique | list -%}
{%- set dimensions = {
    'all': none,
    'carrier': 'carrier',
    'destination': 'destination_id',
    'method': 'return_method_type',
} -%}

with events as (
    select *
    from {{ ref('loop_returns', 'fct_return_events') }}
    where is_counted_return
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
),

returns as (
    select
        {% for milestone in milestones -%}
        max(case when milestone = '{{ milestone }}' then occurred_date end)
            as {{ milestone }}_date,
        {% endfor -%}
        {% for value in dimensions.values() if value -%}
        {{ value }},
        {% endfor -%}
        loop_return_id,
        return_month_date
    from events
    group by
        {% for value in dimensions.values() if value -%}
        {{ value }},
        {% endfor -%}
        loop_return_id,
        return_month_date
),

timed as (
    {% for first, second in durations -%}
    select
        '{{ first }}' as from_milestone,
        '{{ second }}' as to_milestone,
        return_month_date,
        {% for value in dimensions.values() if value -%}
        {{ value }},
        {% endfor -%}
        case
            when {{ second }}_date >= {{ first }}_date
                then {{ days_between(first ~ '_date', second ~ '_date') }}
        end as days
    from returns
    where {{ first }}_date is not null
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

-- One row per number of days, with the number of returns.
counted as (
    {% for name, value in dimensions.items() -%}
    select
        from_milestone,
        to_milestone,
        '{{ name }}' as dimension_type,
        {% if value -%}
        coalesce({{ value }}, '(none)')
        {%- else -%}
        'all'
        {%- endif %} as dimension_value,
        return_month_date,
        days,
        count(*) as return_count
    from timed
    group by 1, 2, 3, 4, 5, 6
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

summed as (
    select
        counted.from_milestone,
        counted.to_milestone,
        counted.dimension_type,
        counted.dimension_value,
        periods.period_type,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        counted.days,
        sum(counted.return_count) as return_count
    from counted
    inner join periods
        on counted.return_month_date = periods.month_date
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

ranked as (
    select
        *,
        sum(case when days is not null then return_count else 0 end) over (
            partition by
                from_milestone, to_milestone,
                dimension_type, dimension_value, period
            order by case when days is null then 1 else 0 end, days
            rows between unbounded preceding and current row
        ) as returns_up_to,
        sum(case when days is not null then return_count else 0 end) over (
            partition by
                from_milestone, to_milestone,
                dimension_type, dimension_value, period
        ) as all_returns
    from summed
),

-- Percentiles are observed numbers of days, never interpolated.
final as (
    select
        'return_duration_days' as metric_name,
        'return' as date_basis,
        from_milestone,
        to_milestone,
        dimension_type,
        dimension_value,
        period_type,
        period,
        period_start_date,
        is_current_period,
        cast(sum(return_count) as {{ dbt.type_bigint() }}) as from_count,
        cast(
            sum(case when days is not null then return_count else 0 end)
            as {{ dbt.type_bigint() }}
        ) as return_count,
        {{ observed_percentile(0.25) }} as first_quartile_days,
        {{ observed_percentile(0.5) }} as median_days,
        {{ observed_percentile(0.75) }} as third_quartile_days,
        {{ observed_percentile(0.9) }} as ninetieth_percentile_days
    from ranked
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
)

select *
from final
