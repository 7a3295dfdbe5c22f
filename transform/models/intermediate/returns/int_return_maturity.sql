with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
),

data_through as (
    select *
    from {{ ref('loop_returns', 'int_data_through') }}
),

last_year as (
    select
        returns.days_to_return,
        cume_dist() over (order by returns.days_to_return) as share_up_to
    from returns
    cross join data_through
    where
        returns.is_counted_return
        and returns.days_to_return is not null
        and returns.return_date
        > {{ dbt.dateadd('day', -365, 'data_through.data_through_date') }}
),

everyone as (
    select
        days_to_return,
        cume_dist() over (order by days_to_return) as share_up_to
    from returns
    where is_counted_return and days_to_return is not null
),

typical as (
    select
        min(case when share_up_to >= 0.5 then days_to_return end)
            as median_days_to_return
    from everyone
),

usual as (
    select
        min(case when share_up_to >= 0.95 then days_to_return end)
            as days_of_95_percent,
        count(*) as return_count
    from last_year
),

-- With fewer than 30 returns, the percentile is not reliable.
final as (
    select
        data_through.data_through_at,
        data_through.data_through_date,
        data_through.orders_through_at,
        data_through.returns_through_at,
        data_through.loop_period_start_date,
        typical.median_days_to_return,
        cast(
            {% if var('return_maturity_days') -%}
            {{ var('return_maturity_days') }}
            {%- elif var('return_policy_window_days') -%}
            {{ var('return_policy_window_days') + 14 }}
            {%- else -%}
            case
                when usual.return_count >= 30
                    then usual.days_of_95_percent
                else 60
            end
            {%- endif %}
            as {{ dbt.type_bigint() }}
        ) as return_maturity_days
    from data_through
    cross join usual
    cross join typical
)

select *
from final
