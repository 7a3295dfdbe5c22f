{%- set forms = [
    'net_return_cost', 'net_return_cost_cash', 'net_return_cost_landed'
] -%}

with orders as (
    select *
    from {{ ref('loop_returns', 'fct_orders') }}
    where is_cost_cohort_order
),

returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
),

data_through as (
    select *
    from {{ ref('loop_returns', 'int_data_through') }}
),

-- By month of orders: the revenue of the orders, and the cost of the returns of
-- these orders and of their exchange orders.
order_months as (
    select
        'order' as date_basis,
        order_month_date as month_date,
        currency_code,
        is_mature,
        {% for form in forms -%}
        0 as {{ form }},
        {% endfor -%}
        sum(order_gross_revenue) as gross_revenue
    from orders
    group by 1, 2, 3, 4
    union all
    select
        'order' as date_basis,
        root_order_month_date as month_date,
        currency_code,
        is_order_mature as is_mature,
        {% for form in forms -%}
        sum({{ form }}) as {{ form }},
        {% endfor -%}
        0 as gross_revenue
    from returns
    where
        is_counted_return
        and is_in_order_cohort
    group by 1, 2, 3, 4
),

-- The cost realised in a month, and the revenue of that month. A realised
-- return counts in the month in which it was closed; if it is not closed, in
-- the month in which it started.
return_months as (
    select
        'return' as date_basis,
        cast(
            {{ dbt.date_trunc(
                'month', 'coalesce(return_closed_date, return_date)'
            ) }} as date
        ) as month_date,
        currency_code,
        false as is_mature,
        {% for form in forms -%}
        sum({{ form }}) as {{ form }},
        {% endfor -%}
        0 as gross_revenue
    from returns
    where
        is_counted_return
        and is_realised_return
    group by 1, 2, 3, 4
    union all
    select
        'return' as date_basis,
        order_month_date as month_date,
        currency_code,
        false as is_mature,
        {% for form in forms -%}
        0 as {{ form }},
        {% endfor -%}
        sum(order_gross_revenue) as gross_revenue
    from orders
    group by 1, 2, 3, 4
),

months as (
    select * from order_months
    union all
    select * from return_months
),

variants as (
    {{ by_maturity('months') }}
),

summed as (
    select
        variants.date_basis,
        variants.maturity,
        periods.period_type,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        variants.currency_code,
        {% for form in forms -%}
        sum(variants.{{ form }}) as {{ form }},
        {% endfor -%}
        sum(variants.gross_revenue) as gross_revenue,
        sum(case when variants.is_mature then variants.gross_revenue end)
            as mature_gross_revenue
    from variants
    inner join periods
        on variants.month_date = periods.month_date
    group by 1, 2, 3, 4, 5, 6, 7
),

final as (
    {% for form in forms -%}
    select
        '{{ form }}_pct_gross' as metric_name,
        '{{ form }}' as cost_form,
        date_basis,
        maturity,
        period_type,
        period,
        period_start_date,
        is_current_period,
        case
            when date_basis = 'order' then coalesce(
                max(case
                    when maturity = 'to_date' then
                        {{ ratio('mature_gross_revenue', 'gross_revenue') }}
                end) over (partition by date_basis, period, currency_code), 0
            ) >= {{ var('mature_share_minimum') }}
        end as is_period_mature,
        currency_code,
        cast({{ form }} as {{ type_money() }}) as net_cost,
        -- Without orders, revenue is unknown.
        cast(
            case
                when data_through.orders_through_at is not null
                    then gross_revenue
            end as {{ type_money() }}
        ) as order_gross_revenue,
        {{ ratio(form, 'gross_revenue') }} as cost_share_of_gross
    from summed
    cross join data_through
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
)

select *
from final
