{#- 3 standard errors, as a multiple of the half-width of a 95 % interval. -#}
{%- set mover_width = 3 / 1.959963984540054 -%}

with mature_periods as (
    select period
    from {{ ref('loop_returns', 'int_eligible_orders_summed_to_periods') }}
    where maturity = 'to_date' and is_period_mature
),

over_periods as (
    select distinct periods.period
    from {{ ref('loop_returns', 'int_periods') }} as periods
    cross join {{ ref('loop_returns', 'rpt_data_through') }} as data_through
    where
        case
            when periods.period_type = 'quarter'
                then cast(
                    {{ dbt.dateadd('month', 2, 'periods.period_start_date') }}
                    as date
                )
            else periods.period_start_date
        end <= data_through.months_complete_through_date
),

shares as (
    select
        metric_name as compared_metric_name,
        date_basis,
        'outcome' as dimension_type,
        outcome as dimension_value,
        period_type,
        period,
        period_start_date,
        period in (select mature_periods.period from mature_periods)
            as is_comparable,
        denominator as whole,
        share as metric_value,
        share_lower as metric_value_lower,
        share_upper as metric_value_upper
    from {{ ref('loop_returns', 'rpt_outcome_split') }}
    where
        metric_name = 'outcome_share_returns'
        and date_basis = 'return'
        and stage = 'initiated'
        and maturity = 'to_date'
    union all
    select
        metric_name as compared_metric_name,
        date_basis,
        'reason' as dimension_type,
        parent_return_reason as dimension_value,
        period_type,
        period,
        period_start_date,
        period in (select over_periods.period from over_periods)
            as is_comparable,
        group_units as whole,
        return_reason_share as metric_value,
        return_reason_share_lower as metric_value_lower,
        return_reason_share_upper as metric_value_upper
    from {{ ref('loop_returns', 'rpt_return_reasons') }}
    where dimension_type = 'all' and reason_level = 'parent'
),

-- The reports leave out an outcome or a reason that no return of a period has.
-- Here its share is 0, so that a new reason is a change.
classes as (
    select distinct
        dimension_type,
        dimension_value
    from shares
),

wholes as (
    select distinct
        compared_metric_name,
        date_basis,
        dimension_type,
        period_type,
        period,
        period_start_date,
        is_comparable,
        whole
    from shares
),

all_shares as (
    select
        wholes.compared_metric_name,
        wholes.date_basis,
        wholes.dimension_type,
        classes.dimension_value,
        wholes.period_type,
        wholes.period,
        wholes.period_start_date,
        wholes.is_comparable,
        coalesce(shares.metric_value, {{ ratio('0', 'wholes.whole') }})
            as metric_value,
        coalesce(
            shares.metric_value_lower,
            {{ wilson_bound('0', 'wholes.whole', 'lower') }}
        ) as metric_value_lower,
        coalesce(
            shares.metric_value_upper,
            {{ wilson_bound('0', 'wholes.whole', 'upper') }}
        ) as metric_value_upper
    from wholes
    inner join classes
        on wholes.dimension_type = classes.dimension_type
    left join shares
        on
            wholes.dimension_type = shares.dimension_type
            and wholes.period = shares.period
            and classes.dimension_value = shares.dimension_value
),

-- Two periods are comparable if both are mature. For reasons, costs and
-- expected rates, both periods need only be over.
figures as (
    select
        metric_name as compared_metric_name,
        date_basis,
        'all' as dimension_type,
        'all' as dimension_value,
        currency_code,
        period_type,
        period,
        period_start_date,
        period in (select mature_periods.period from mature_periods)
            as is_comparable,
        metric_value,
        metric_value_lower,
        metric_value_upper
    from {{ ref('loop_returns', 'rpt_return_metrics') }}
    where
        maturity = 'to_date'
        and (
            (metric_name = 'order_return_rate' and date_basis = 'order')
            or (
                metric_name = 'retained_revenue_ratio'
                and date_basis = 'return'
            )
        )
    union all
    select
        metric_name as compared_metric_name,
        date_basis,
        'all' as dimension_type,
        'all' as dimension_value,
        currency_code,
        period_type,
        period,
        period_start_date,
        period in (select over_periods.period from over_periods)
            as is_comparable,
        cost_share_of_gross as metric_value,
        cast(null as {{ type_ratio() }}) as metric_value_lower,
        cast(null as {{ type_ratio() }}) as metric_value_upper
    from {{ ref('loop_returns', 'rpt_net_return_cost') }}
    where
        cost_form = 'net_return_cost'
        and date_basis = 'return'
        and maturity = 'to_date'
    union all
    select
        'unit_return_rate' as compared_metric_name,
        date_basis,
        'category' as dimension_type,
        product_category as dimension_value,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        period_type,
        period,
        period_start_date,
        is_period_mature as is_comparable,
        unit_return_rate as metric_value,
        unit_return_rate_lower as metric_value_lower,
        unit_return_rate_upper as metric_value_upper
    from {{ ref('loop_returns', 'rpt_return_rate_by_category') }}
    where maturity = 'to_date' and is_ranked
    union all
    select
        'order_return_rate' as compared_metric_name,
        date_basis,
        'channel' as dimension_type,
        channel as dimension_value,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        period_type,
        period,
        period_start_date,
        is_period_mature as is_comparable,
        order_return_rate as metric_value,
        order_return_rate_lower as metric_value_lower,
        order_return_rate_upper as metric_value_upper
    from {{ ref('loop_returns', 'rpt_return_rate_by_channel') }}
    where
        channel_type = 'order_channel'
        and maturity = 'to_date'
        and is_ranked
    union all
    -- The interval includes the chance in the units that came back and in those
    -- that are still to come.
    select
        metric_name as compared_metric_name,
        date_basis,
        dimension_type,
        dimension_value,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        period_type,
        period,
        period_start_date,
        period in (select over_periods.period from over_periods)
            as is_comparable,
        unit_return_rate_expected as metric_value,
        unit_return_rate_expected - sqrt(
            power(
                unit_return_rate
                - {{ wilson_bound('returned_units', 'sold_units', 'lower') }}, 2
            )
            + power(
                unit_return_rate_expected
                - unit_return_rate_expected_lower_95, 2
            )
        ) as metric_value_lower,
        unit_return_rate_expected + sqrt(
            power(
                unit_return_rate
                - {{ wilson_bound('returned_units', 'sold_units', 'upper') }}, 2
            )
            + power(
                unit_return_rate_expected
                - unit_return_rate_expected_upper_95, 2
            )
        ) as metric_value_upper
    from {{ ref('loop_returns', 'rpt_return_nowcast') }}
    where dimension_type = 'all'
    union all
    select
        compared_metric_name,
        date_basis,
        dimension_type,
        dimension_value,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        period_type,
        period,
        period_start_date,
        is_comparable,
        metric_value,
        metric_value_lower,
        metric_value_upper
    from all_shares
    union all
    select
        metric_name as compared_metric_name,
        date_basis,
        'outcome' as dimension_type,
        outcome_group as dimension_value,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        period_type,
        period,
        period_start_date,
        is_period_mature and is_ranked as is_comparable,
        repurchase_rate_90d as metric_value,
        repurchase_rate_90d_lower as metric_value_lower,
        repurchase_rate_90d_upper as metric_value_upper
    from {{ ref('loop_returns', 'rpt_return_retention_by_period') }}
),

comparable as (
    select
        *,
        case
            when period_type = 'month'
                then cast(
                    {{ dbt.dateadd('month', -1, 'period_start_date') }} as date
                )
            when period_type = 'quarter'
                then cast(
                    {{ dbt.dateadd('month', -3, 'period_start_date') }} as date
                )
        end as previous_start_date
    from figures
    where is_comparable and metric_value is not null
),

paired as (
    select
        comparable.*,
        previous.period as previous_period,
        previous.metric_value as previous_value,
        previous.metric_value_lower as previous_value_lower,
        previous.metric_value_upper as previous_value_upper
    from comparable
    inner join comparable as previous
        on
            {{ equal_columns('comparable', 'previous', [
                'compared_metric_name', 'date_basis', 'dimension_type',
                'dimension_value', 'period_type'
            ]) }}
            and coalesce(comparable.currency_code, '')
            = coalesce(previous.currency_code, '')
            and comparable.previous_start_date = previous.period_start_date
),

bounded as (
    select
        *,
        metric_value - previous_value as metric_change,
        {{ difference_bound('metric_value', 'previous_value', 'lower') }}
            as metric_change_lower,
        {{ difference_bound('metric_value', 'previous_value', 'upper') }}
            as metric_change_upper,
        max(period_start_date) over (
            partition by compared_metric_name, dimension_type, period_type
        ) as newest_start_date
    from paired
),

-- Because many figures are compared, a ranked change must exceed a wider
-- interval than a notable one. Expected rates are not ranked: they can still
-- change.
judged as (
    select
        *,
        metric_change_lower > 0 or metric_change_upper < 0 as is_notable,
        period_type = 'month'
        and compared_metric_name <> 'unit_return_rate_expected'
        and period_start_date = newest_start_date
        and (
            metric_change
            > {{ mover_width }} * (metric_change - metric_change_lower)
            or metric_change
            < {{ mover_width }} * (metric_change - metric_change_upper)
        ) as is_mover
    from bounded
),

final as (
    select
        'metric_change' as metric_name,
        compared_metric_name,
        date_basis,
        dimension_type,
        dimension_value,
        currency_code,
        period_type,
        period,
        period_start_date,
        previous_period,
        metric_value,
        previous_value,
        metric_change,
        metric_change_lower,
        metric_change_upper,
        is_notable,
        cast(case
            when is_mover then row_number() over (
                partition by coalesce(is_mover, false)
                order by
                    abs(metric_change) desc,
                    compared_metric_name asc,
                    dimension_value asc
            )
        end as {{ dbt.type_bigint() }}) as mover_rank
    from judged
)

select *
from final
