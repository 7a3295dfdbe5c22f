with returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
),

return_lines as (
    select *
    from {{ ref('loop_returns', 'fct_return_lines') }}
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
),

eligible_orders as (
    select *
    from {{ ref('loop_returns', 'int_eligible_orders_summed_to_periods') }}
    where maturity = 'to_date'
),

return_shares as (
    select
        'outcome_share_returns' as metric_name,
        loop_return_id,
        outcome_group as outcome,
        1 as amount
    from returns
),

unit_shares as (
    select
        'outcome_share_units' as metric_name,
        loop_return_id,
        line_outcome as outcome,
        1 as amount
    from return_lines
    where is_merchandise and not is_over_line_quantity
),

value_shares as (
    select
        'outcome_share_value' as metric_name,
        loop_return_id,
        'refund' as outcome,
        refund_amount as amount
    from returns
    union all
    select
        'outcome_share_value' as metric_name,
        loop_return_id,
        'exchange' as outcome,
        exchanged_value as amount
    from returns
    union all
    select
        'outcome_share_value' as metric_name,
        loop_return_id,
        'credit' as outcome,
        gift_card_amount as amount
    from returns
),

shares as (
    select * from return_shares
    union all
    select * from unit_shares
    union all
    select * from value_shares
),

-- Rows of both date bases: by the month of the first order, then of the return.
months as (
    select
        shares.metric_name,
        'order' as date_basis,
        returns.root_order_month_date as month_date,
        shares.outcome,
        returns.currency_code,
        returns.is_realised_return,
        returns.is_order_mature,
        sum(shares.amount) as amount
    from shares
    inner join returns
        on shares.loop_return_id = returns.loop_return_id
    where returns.is_counted_return and returns.is_in_order_cohort
    group by 1, 2, 3, 4, 5, 6, 7
    union all
    select
        shares.metric_name,
        'return' as date_basis,
        returns.return_month_date as month_date,
        shares.outcome,
        returns.currency_code,
        returns.is_realised_return,
        false as is_order_mature,
        sum(shares.amount) as amount
    from shares
    inner join returns
        on shares.loop_return_id = returns.loop_return_id
    where returns.is_counted_return
    group by 1, 2, 3, 4, 5, 6, 7
),

variants as (
    select
        'initiated' as stage,
        'to_date' as maturity,
        *
    from months
    union all
    select
        'realised' as stage,
        'to_date' as maturity,
        *
    from months
    where is_realised_return
    union all
    select
        'initiated' as stage,
        'mature_only' as maturity,
        *
    from months
    where is_order_mature
    union all
    select
        'realised' as stage,
        'mature_only' as maturity,
        *
    from months
    where is_order_mature and is_realised_return
),

summed as (
    select
        variants.metric_name,
        variants.date_basis,
        variants.stage,
        variants.maturity,
        periods.period_type,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        case
            when variants.metric_name = 'outcome_share_value'
                then variants.currency_code
        end as currency_code,
        variants.outcome,
        sum(variants.amount) as amount
    from variants
    inner join periods
        on variants.month_date = periods.month_date
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
),

totalled as (
    select
        summed.*,
        eligible_orders.is_period_mature,
        sum(summed.amount) over (
            partition by
                summed.metric_name, summed.date_basis, summed.stage,
                summed.maturity, summed.period, summed.currency_code
        ) as total_amount
    from summed
    left join eligible_orders
        on
            summed.date_basis = 'order'
            and summed.period = eligible_orders.period
),

final as (
    select
        metric_name,
        date_basis,
        stage,
        maturity,
        period_type,
        period,
        period_start_date,
        is_current_period,
        is_period_mature,
        currency_code,
        outcome,
        cast(amount as {{ type_money() }}) as numerator,
        cast(total_amount as {{ type_money() }}) as denominator,
        {{ ratio('amount', 'total_amount') }} as share,
        case
            when metric_name <> 'outcome_share_value'
                then {{ wilson_bound('amount', 'total_amount', 'lower') }}
        end as share_lower,
        case
            when metric_name <> 'outcome_share_value'
                then {{ wilson_bound('amount', 'total_amount', 'upper') }}
        end as share_upper
    from totalled
)

select *
from final
