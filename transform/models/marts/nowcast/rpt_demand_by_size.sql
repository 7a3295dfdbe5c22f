{#-
    The units of each size of a product that were sold, came back, and were
    exchanged, with the units that shoppers keep in the end. Return rates are
    returned units divided by known units: the units sold, times the share of
    their returns that is made by their age. Plans are made rarely, so BigQuery
    bills a view when it is read instead of a table in each build.
-#}
{{ config(
    materialized='view' if target.type == 'bigquery' else 'table'
) }}
{%- set waits = ['days_to_return', 'days_to_resale'] -%}
with goods as (
    select *
    from {{ ref('loop_returns', 'int_units_by_size') }}
),

returned as (
    select *
    from {{ ref('loop_returns', 'int_returned_units_by_size') }}
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

delays as (
    select
        delays.*,
        {{ year_to_starts_on('delays.as_of_date') }} as orders_from_date
    from {{ ref('loop_returns', 'int_return_delays') }} as delays
    inner join maturity
        on delays.as_of_date = maturity.data_through_date
),

dates as (
    select distinct
        orders_from_date,
        as_of_date as data_through_date
    from delays
),

counted as (
    select
        goods.product_key,
        goods.size,
        max(goods.product_title) as product_title,
        max(goods.product_category) as product_category,
        sum(goods.sold_units) as all_sold_units,
        sum(cast(
            coalesce(goods.sold_units * delays.share_returned, 0)
            as {{ type_exact_ratio() }}
        )) as known_units,
        sum(goods.exchanged_in_units) as exchanged_in_units,
        0 as returned_units,
        0 as exchanged_out_units,
        0 as returned_again_units,
        0 as resale_known_units,
        0 as resold_units
    from goods
    cross join dates
    left join delays
        on
            {{ days_between('goods.order_date', 'dates.data_through_date') }}
            = delays.age_days
    group by 1, 2
    union all
    select
        product_key,
        size,
        max(product_title) as product_title,
        max(product_category) as product_category,
        0 as all_sold_units,
        cast(0 as {{ type_exact_ratio() }}) as known_units,
        0 as exchanged_in_units,
        {{ count_if('is_rate_unit') }} as returned_units,
        {{ count_if('is_exchanged') }} as exchanged_out_units,
        {{ count_if('not is_rate_unit') }} as returned_again_units,
        {{ count_if('is_rate_unit and is_resale_known') }}
            as resale_known_units,
        {{ count_if('is_rate_unit and is_resold') }} as resold_units
    from returned
    group by 1, 2
),

sizes as (
    select
        product_key,
        size,
        max(max(product_title)) over (partition by product_key)
            as product_title,
        max(max(product_category)) over (partition by product_key)
            as product_category,
        sum(all_sold_units) as all_sold_units,
        sum(known_units) as known_units,
        sum(exchanged_in_units) as exchanged_in_units,
        sum(returned_units) as returned_units,
        sum(exchanged_out_units) as exchanged_out_units,
        sum(returned_again_units) as returned_again_units,
        sum(resale_known_units) as resale_known_units,
        sum(resold_units) as resold_units
    from counted
    group by 1, 2
),

-- Rates are pooled over known units, which are squared for this. Four decimals
-- keep the squares within their type.
summed as (
    select
        sizes.*,
        dates.orders_from_date,
        dates.data_through_date,
        {{ as_factor(round_money('sizes.known_units')) }} as sold_units
    from sizes
    cross join dates
),

{{ pooled_return_rates(
    ['data_through_date'], ['product_key', 'product_category']
) }},

rated as (
    select
        {% for end in ['lower', 'upper'] -%}
        {{ wilson_bound('pooled_returned_units', 'pooled_sold_units', end) }}
            as unit_return_rate_pooled_{{ end }},
        {% endfor -%}
        *,
        {{ ratio('pooled_returned_units', 'pooled_sold_units') }}
            as unit_return_rate_pooled
    from pooled
),

-- Units whose return is not known yet come back at the pooled rate.
expected as (
    select
        *,
        returned_units + unit_return_rate_pooled * greatest(
            all_sold_units - cast(known_units as {{ type_ratio() }}), 0
        ) as expected_returned_units
    from rated
),

-- Exchanges grow as much as the returns of the product.
with_growth as (
    select
        *,
        coalesce({{ ratio(
            'sum(cast(expected_returned_units as ' ~ type_exact_ratio()
            ~ ')) over (partition by product_key)',
            'sum(returned_units) over (partition by product_key)'
        ) }}, 1) as exchange_growth
    from expected
),

-- Equal numbers of days are one row.
waited as (
    {% for wait in waits -%}
    select
        product_key,
        size,
        '{{ wait }}' as measure,
        {{ wait }} as days,
        count(*) as return_count
    from returned
    where is_rate_unit and {{ wait }} is not null
    group by 1, 2, 4
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

ranked as (
    select
        *,
        sum(return_count) over (
            partition by product_key, size, measure order by days
            rows between unbounded preceding and current row
        ) as returns_up_to,
        sum(return_count) over (partition by product_key, size, measure)
            as all_returns
    from waited
),

medians as (
    select
        product_key,
        size,
        measure,
        {{ observed_percentile(0.5) }} as median_days
    from ranked
    group by 1, 2, 3
),

final as (
    select
        'demand_by_size' as metric_name,
        'order' as date_basis,
        with_growth.product_key,
        with_growth.product_title,
        with_growth.product_category,
        with_growth.size,
        with_growth.orders_from_date,
        with_growth.data_through_date,
        cast(with_growth.all_sold_units as {{ dbt.type_bigint() }})
            as sold_units,
        {% for units in [
            'returned', 'exchanged_out', 'exchanged_in', 'returned_again'
        ] -%}
        cast(with_growth.{{ units }}_units as {{ dbt.type_bigint() }})
            as {{ units }}_units,
        {% endfor -%}
        cast(
            with_growth.all_sold_units + with_growth.exchanged_in_units
            - with_growth.exchanged_out_units as {{ dbt.type_bigint() }}
        ) as demand_units,
        {{ ratio('with_growth.known_units', 'with_growth.all_sold_units') }}
            as share_known,
        with_growth.unit_return_rate_pooled,
        with_growth.unit_return_rate_pooled_lower,
        with_growth.unit_return_rate_pooled_upper,
        with_growth.expected_returned_units,
        with_growth.all_sold_units - with_growth.expected_returned_units
        + with_growth.exchange_growth * (
            with_growth.exchanged_in_units - with_growth.returned_again_units
        ) as net_demand_units,
        days_to_return.median_days as median_days_to_return,
        cast(with_growth.resale_known_units as {{ dbt.type_bigint() }})
            as resale_known_units,
        cast(with_growth.resold_units as {{ dbt.type_bigint() }})
            as resold_units,
        {{ ratio(
            'with_growth.resold_units', 'with_growth.resale_known_units'
        ) }} as resale_share,
        days_to_resale.median_days as median_days_to_resale
    from with_growth
    {% for wait in waits -%}
    left join medians as {{ wait }}
        on
            {{ wait }}.measure = '{{ wait }}'
            and with_growth.product_key = {{ wait }}.product_key
            and with_growth.size = {{ wait }}.size
    {% endfor -%}
)

select *
from final
