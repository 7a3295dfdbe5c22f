with orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where is_customer_order
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
),

dated as (
    select
        orders.order_month_date,
        orders.loop_exclusion_reason,
        {{ is_mature('orders.order_date') }} as is_mature
    from orders
    cross join maturity
),

months as (
    select
        order_month_date,
        is_mature,
        {{ count_if('loop_exclusion_reason is null') }}
            as eligible_order_count,
        {{ count_if("loop_exclusion_reason = 'channel_without_loop'") }}
            as excluded_order_count
    from dated
    group by order_month_date, is_mature
),

summed as (
    select
        periods.period,
        sum(months.eligible_order_count) as eligible_order_count,
        sum(case when months.is_mature then months.eligible_order_count end)
            as mature_order_count,
        sum(months.excluded_order_count) as excluded_order_count,
        sum(case when months.is_mature then months.excluded_order_count end)
            as mature_excluded_order_count
    from months
    inner join periods
        on months.order_month_date = periods.month_date
    group by periods.period
),

matured as (
    select
        *,
        coalesce(
            {{ ratio('mature_order_count', 'eligible_order_count') }}, 0
        ) >= {{ var('mature_share_minimum') }} as is_period_mature
    from summed
),

final as (
    select
        period,
        'to_date' as maturity,
        is_period_mature,
        cast(excluded_order_count as {{ dbt.type_bigint() }})
            as excluded_order_count
    from matured
    union all
    select
        period,
        'mature_only' as maturity,
        is_period_mature,
        cast(
            coalesce(mature_excluded_order_count, 0)
            as {{ dbt.type_bigint() }}
        ) as excluded_order_count
    from matured
)

select *
from final
