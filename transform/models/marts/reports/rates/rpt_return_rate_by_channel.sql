with orders as (
    select *
    from {{ ref('loop_returns', 'fct_orders') }}
    where is_loop_eligible_order
),

lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines_returned') }}
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
),

currencies as (
    select *
    from {{ ref('loop_returns', 'dim_currencies') }}
    where is_main_currency
),

units as (
    select
        order_channel,
        acquisition_channel,
        sales_channel,
        order_month_date,
        is_mature,
        currency_code,
        sku,
        sum(sold_units) as sold_units,
        sum(returned_units) as returned_units
    from lines
    group by 1, 2, 3, 4, 5, 6, 7
),

-- The return rate of each SKU in the whole store. If the goods of a channel
-- came back at these rates, expected_units of them would.
sku_rates as (
    select
        sku,
        -- An exact decimal, so the sum does not depend on the order of the
        -- rows.
        cast(
            {{ ratio('sum(returned_units)', 'sum(sold_units)') }}
            as {{ type_exact_ratio() }}
        ) as sku_rate
    from units
    group by sku
),

-- The rate of the units with an order line, as only they have an SKU's rate.
store_rate as (
    select {{ ratio('sum(returned_units)', 'sum(sold_units)') }} as unit_rate
    from units
    where sku <> '(no line)'
),

-- Sums of orders and their lines by every column that gives a channel.
parts as (
    select
        order_channel,
        acquisition_channel,
        sales_channel,
        order_month_date,
        is_mature,
        currency_code,
        count(*) as order_count,
        {{ count_if('has_return') }} as returned_order_count,
        {{ count_if('has_refund_return') }} as refund_order_count,
        {{ count_if('has_exchange_return') }} as exchange_order_count,
        sum(chain_refund_amount_ex_tax) as refund_amount_ex_tax,
        sum(order_net_revenue_before_refunds) as net_revenue_amount,
        0 as sold_units,
        0 as returned_units,
        cast(0 as {{ type_exact_ratio() }}) as expected_units
    from orders
    group by 1, 2, 3, 4, 5, 6
    union all
    select
        units.order_channel,
        units.acquisition_channel,
        units.sales_channel,
        units.order_month_date,
        units.is_mature,
        units.currency_code,
        0 as order_count,
        0 as returned_order_count,
        0 as refund_order_count,
        0 as exchange_order_count,
        0 as refund_amount_ex_tax,
        0 as net_revenue_amount,
        units.sold_units,
        units.returned_units,
        units.sold_units * sku_rates.sku_rate as expected_units
    from units
    inner join sku_rates
        on units.sku = sku_rates.sku
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
        sum(order_count) as order_count,
        sum(returned_order_count) as returned_order_count,
        sum(refund_order_count) as refund_order_count,
        sum(exchange_order_count) as exchange_order_count,
        sum(refund_amount_ex_tax) as refund_amount_ex_tax,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(sold_units) as sold_units,
        sum(returned_units) as returned_units,
        sum(expected_units) as expected_units
    from parts
    group by 1, 2, 3, 4, 5
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

variants as (
    {{ by_maturity('channels') }}
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
        sum(variants.sold_units) as sold_units,
        sum(variants.returned_units) as returned_units,
        sum(variants.expected_units) as expected_units,
        -- Amounts include only orders in the shop's main currency.
        max(currencies.currency_code) as currency_code,
        sum(case
            when currencies.currency_code is not null
                then variants.refund_amount_ex_tax
        end) as refund_amount_ex_tax,
        sum(case
            when currencies.currency_code is not null
                then variants.net_revenue_amount
        end) as net_revenue_amount
    from variants
    inner join periods
        on variants.order_month_date = periods.month_date
    left join currencies
        on variants.currency_code = currencies.currency_code
    group by 1, 2, 3, 4, 5, 6, 7
),

rated as (
    select
        summed.*,
        store_rate.unit_rate as store_unit_return_rate,
        {{ ratio('returned_order_count', 'order_count') }}
            as order_return_rate,
        {{ wilson_bound('returned_order_count', 'order_count', 'lower') }}
            as order_return_rate_lower,
        {{ wilson_bound('returned_order_count', 'order_count', 'upper') }}
            as order_return_rate_upper,
        order_count >= {{ var('minimum_orders_ranked') }} as is_ranked
    from summed
    cross join store_rate
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
        -- In rows of mature orders only, too, the share of mature orders among
        -- all orders of the channel decides whether the period is mature.
        coalesce(max(case
            when maturity = 'to_date' then
                {{ ratio('mature_order_count', 'order_count') }}
        end) over (partition by channel_type, channel, period), 0)
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
        currency_code,
        cast(refund_amount_ex_tax as {{ type_money() }})
            as refund_amount_ex_tax,
        cast(net_revenue_amount as {{ type_money() }})
            as order_net_revenue_before_refunds,
        {{ ratio('refund_amount_ex_tax', 'net_revenue_amount') }}
            as refund_value_rate,
        cast(coalesce(sold_units, 0) as {{ dbt.type_bigint() }})
            as sold_units,
        cast(coalesce(returned_units, 0) as {{ dbt.type_bigint() }})
            as returned_units,
        {{ ratio('returned_units', 'sold_units') }} as unit_return_rate,
        store_unit_return_rate * {{ ratio('returned_units', 'expected_units') }}
            as unit_return_rate_standardised
    from rated
)

select *
from final
