{#-
    Headline metrics of the whole store. For order_metrics, the condition of the
    orders in the numerator; for sm_metrics, the number of returns that must
    exceed 0; for return_metrics, numerator and denominator.
-#}
{%- set order_metrics = {
    'order_return_rate': 'has_return',
    'order_return_rate_realised': 'has_realised_return',
    'refund_order_rate': 'has_refund_return',
    'exchange_order_rate': 'has_exchange_return',
    'credit_order_rate': 'has_credit_return',
    'return_request_rate': 'has_requested_return',
    'root_order_return_rate_any_depth': 'has_return_in_chain',
    'warranty_claim_rate': 'has_warranty_return',
    'all_source_return_rate': 'has_return_from_any_source',
} -%}
{%- set sm_metrics = {
    'order_return_rate_sm_any': 'counted_return_count',
    'order_return_rate_sm': 'refund_return_count',
} -%}
{%- set return_metrics = {
    'retained_revenue_ratio':
        ['retained_revenue', 'retained_revenue + refund_amount'],
    'retained_revenue_ratio_ex_tax':
        ['retained_revenue_ex_tax',
         'retained_revenue_ex_tax + refund_amount_ex_tax'],
    'upsell_rate':
        ['case when is_upsell then 1 else 0 end',
         'case when has_exchange then 1 else 0 end'],
    'upsell_share_of_exchange': ['upsell_amount', 'exchanged_value'],
} -%}
{#- Ratios of money: one row per currency, and no interval. -#}
{%- set amount_metrics = [
    'value_return_rate', 'retained_revenue_ratio',
    'retained_revenue_ratio_ex_tax', 'upsell_share_of_exchange',
] -%}

with orders as (
    select *
    from {{ ref('loop_returns', 'fct_orders') }}
),

lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines_returned') }}
),

exchange_lines as (
    select *
    from {{ ref('loop_returns', 'int_exchange_lines_returned') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
    where is_counted_return
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
),

data_through as (
    select *
    from {{ ref('loop_returns', 'rpt_data_through') }}
),

eligible_orders as (
    select *
    from {{ ref('loop_returns', 'int_eligible_orders_summed_to_periods') }}
),

-- SourceMedium's rule counts warranty claims like other returns, and leaves out
-- refunded orders.
requests as (
    select
        sm_order_key,
        count(*) as counted_return_count,
        {{ count_if('has_refund') }} as refund_return_count
    from returns
    where is_order_matched
    group by sm_order_key
),

published_orders as (
    select
        orders.order_month_date,
        orders.is_mature,
        orders.is_customer_order_sm,
        coalesce(requests.counted_return_count, 0) as counted_return_count,
        coalesce(requests.refund_return_count, 0) as refund_return_count
    from orders
    cross join data_through
    left join requests
        on orders.sm_order_key = requests.sm_order_key
    where
        orders.is_order_sm_valid
        and orders.order_date >= data_through.loop_period_start_date
),

-- Each table is read once; its sums become rows of metrics after that.
order_sums as (
    select
        order_month_date,
        is_mature,
        {% for metric, condition in order_metrics.items() -%}
        {{ count_if(condition) }} as {{ metric }},
        {% endfor -%}
        count(*) as order_count
    from orders
    where is_loop_eligible_order
    group by order_month_date, is_mature
),

published_sums as (
    select
        order_month_date,
        is_mature,
        {% for metric, condition in sm_metrics.items() -%}
        {{ count_if(condition ~ ' > 0 and is_customer_order_sm') }}
            as {{ metric }},
        {% endfor -%}
        count(*) as order_count
    from published_orders
    group by order_month_date, is_mature
),

line_sums as (
    select
        order_month_date,
        is_mature,
        currency_code,
        sum(returned_units) as returned_units,
        sum(sold_units) as sold_units,
        sum(returned_amount) as returned_amount,
        sum(sold_amount) as sold_amount
    from lines
    group by order_month_date, is_mature, currency_code
),

order_months as (
    {% for sums, metrics in [
        ('order_sums', order_metrics), ('published_sums', sm_metrics),
    ] -%}
    {% set is_last_table = loop.last -%}
    {% for metric in metrics -%}
    select
        '{{ metric }}' as metric_name,
        'order' as date_basis,
        order_month_date as month_date,
        is_mature,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        {{ metric }} as numerator,
        order_count as denominator
    from {{ sums }}
    {%- if not (is_last_table and loop.last) %}
    union all
    {% endif -%}
    {%- endfor %}
    {%- endfor %}
),

line_months as (
    select
        'unit_return_rate' as metric_name,
        'order' as date_basis,
        order_month_date as month_date,
        is_mature,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        returned_units as numerator,
        sold_units as denominator
    from line_sums
    union all
    select
        'value_return_rate' as metric_name,
        'order' as date_basis,
        order_month_date as month_date,
        is_mature,
        currency_code,
        returned_amount as numerator,
        sold_amount as denominator
    from line_sums
    union all
    select
        'exchange_chain_unit_return_rate' as metric_name,
        'order' as date_basis,
        root_order_month_date as month_date,
        is_mature,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        sum(returned_units) as numerator,
        sum(exchanged_units) as denominator
    from exchange_lines
    group by 1, 2, 3, 4
),

return_months as (
    {% for metric, sides in return_metrics.items() -%}
    select
        '{{ metric }}' as metric_name,
        'return' as date_basis,
        return_month_date as month_date,
        false as is_mature,
        {% if metric in amount_metrics -%}
        currency_code,
        {%- else -%}
        cast(null as {{ dbt.type_string() }}) as currency_code,
        {%- endif %}
        sum({{ sides[0] }}) as numerator,
        sum({{ sides[1] }}) as denominator
    from returns
    group by 1, 2, 3, 4, 5
    union all
    select
        '{{ metric }}' as metric_name,
        'order' as date_basis,
        root_order_month_date as month_date,
        is_order_mature as is_mature,
        {% if metric in amount_metrics -%}
        currency_code,
        {%- else -%}
        cast(null as {{ dbt.type_string() }}) as currency_code,
        {%- endif %}
        sum({{ sides[0] }}) as numerator,
        sum({{ sides[1] }}) as denominator
    from returns
    where is_in_order_cohort
    group by 1, 2, 3, 4, 5
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

months as (
    select * from order_months
    union all
    select * from line_months
    union all
    select * from return_months
),

variants as (
    {{ by_maturity('months') }}
),

summed as (
    select
        variants.metric_name,
        variants.date_basis,
        variants.maturity,
        periods.period_type,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        variants.currency_code,
        sum(variants.numerator) as numerator,
        sum(variants.denominator) as denominator
    from variants
    inner join periods
        on variants.month_date = periods.month_date
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

-- Only rows by the date of the order have is_period_mature.
labelled as (
    select
        summed.*,
        eligible_orders.is_period_mature,
        case
            when summed.metric_name in (
                {% for metric in order_metrics -%}
                '{{ metric }}',
                {% endfor -%}
                'unit_return_rate',
                'value_return_rate'
            ) then coalesce(eligible_orders.excluded_order_count, 0)
        end as excluded_order_count
    from summed
    left join eligible_orders
        on
            summed.date_basis = 'order'
            and summed.period = eligible_orders.period
            and summed.maturity = eligible_orders.maturity
),

final as (
    select
        metric_name,
        date_basis,
        maturity,
        period_type,
        period,
        period_start_date,
        is_current_period,
        is_period_mature,
        currency_code,
        cast(numerator as {{ type_money() }}) as numerator,
        cast(denominator as {{ type_money() }}) as denominator,
        {{ ratio('numerator', 'denominator') }} as metric_value,
        case
            when metric_name not in {{ text_list(amount_metrics) }}
                then {{ wilson_bound('numerator', 'denominator', 'lower') }}
        end as metric_value_lower,
        case
            when metric_name not in {{ text_list(amount_metrics) }}
                then {{ wilson_bound('numerator', 'denominator', 'upper') }}
        end as metric_value_upper,
        excluded_order_count
    from labelled
)

select *
from final
