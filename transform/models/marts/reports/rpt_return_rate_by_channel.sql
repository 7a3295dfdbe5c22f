with orders as (
    select *
    from {{ ref('fct_orders') }}
    where is_loop_eligible_order
),

periods as (
    select *
    from {{ ref('int_periods') }}
),

channels as (
    {% for channel_type in [
        'order_channel', 'acquisition_channel', 'sales_channel'
    ] -%}
    select
        '{{ channel_type }}' as channel_type,
        {{ channel_type }} as channel,
        order_month_date,
        is_mature,
        currency_code,
        count(*) as order_count,
        {{ count_if('has_return') }} as returned_order_count,
        {{ count_if('has_refund_return') }} as refund_order_count,
        {{ count_if('has_exchange_return') }} as exchange_order_count,
        sum(refund_amount) as refund_amount,
        sum(order_net_revenue_before_refunds) as net_revenue_amount
    from orders
    group by 1, 2, 3, 4, 5
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

variants as (
    select
        'to_date' as maturity,
        *
    from channels
    union all
    select
        'mature_only' as maturity,
        *
    from channels
    where is_mature
),

summed as (
    select
        variants.channel_type,
        variants.maturity,
        periods.period_type,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        variants.channel,
        sum(variants.order_count) as order_count,
        sum(variants.returned_order_count) as returned_order_count,
        sum(variants.refund_order_count) as refund_order_count,
        sum(variants.exchange_order_count) as exchange_order_count,
        sum(case when variants.is_mature then variants.order_count end)
            as mature_order_count,
        -- Amounts of several currencies make no sum.
        case
            when count(distinct variants.currency_code) <= 1
                then sum(variants.refund_amount)
        end as refund_amount,
        case
            when count(distinct variants.currency_code) <= 1
                then sum(variants.net_revenue_amount)
        end as net_revenue_amount
    from variants
    inner join periods
        on variants.order_month_date = periods.month_date
    group by 1, 2, 3, 4, 5, 6, 7
),

rated as (
    select
        *,
        {{ ratio('returned_order_count', 'order_count') }}
            as order_return_rate,
        {{ wilson_bound('returned_order_count', 'order_count', 'lower') }}
            as order_return_rate_lower,
        {{ wilson_bound('returned_order_count', 'order_count', 'upper') }}
            as order_return_rate_upper,
        order_count >= {{ var('minimum_orders_ranked') }} as is_ranked
    from summed
),

final as (
    select
        'order_return_rate' as metric_name,
        'order' as date_basis,
        channel_type,
        maturity,
        period_type,
        period,
        period_start_date,
        is_current_period,
        coalesce({{ ratio('mature_order_count', 'order_count') }}, 0)
        >= {{ var('mature_share_minimum') }} as is_period_mature,
        channel,
        cast(order_count as {{ dbt.type_bigint() }}) as order_count,
        cast(returned_order_count as {{ dbt.type_bigint() }})
            as returned_order_count,
        order_return_rate,
        order_return_rate_lower,
        order_return_rate_upper,
        is_ranked,
        case
            when is_ranked then row_number() over (
                partition by channel_type, maturity, period, is_ranked
                order by order_return_rate_upper, channel
            )
        end as lowest_rate_rank,
        {{ ratio('refund_order_count', 'order_count') }}
            as refund_order_rate,
        {{ ratio('exchange_order_count', 'order_count') }}
            as exchange_order_rate,
        cast(refund_amount as {{ type_money() }}) as refund_amount,
        cast(net_revenue_amount as {{ type_money() }})
            as order_net_revenue_before_refunds,
        {{ ratio('refund_amount', 'net_revenue_amount') }}
            as refund_value_rate
    from rated
)

select *
from final
