with items as (
    select
        *,
        cast({{ dbt.date_trunc('month', 'return_date') }} as date)
            as month_date
    from {{ ref('loop_returns', 'fct_exchange_flows') }}
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
),

data_through as (
    select *
    from {{ ref('loop_returns', 'int_data_through') }}
),

summed as (
    select
        periods.period_type,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        items.from_variant_id,
        items.to_variant_id,
        items.flow_kind,
        max(items.from_product_id) as from_product_id,
        max(items.from_sku) as from_sku,
        max(items.to_sku) as to_sku,
        max(items.from_product_title) as from_product_title,
        max(items.from_product_category) as from_product_category,
        count(*) as exchanged_units,
        {{ count_if('items.is_returned_again') }} as returned_again_units
    from items
    inner join periods
        on items.month_date = periods.month_date
    group by 1, 2, 3, 4, 5, 6, 7
),

totalled as (
    select
        *,
        sum(exchanged_units) over (
            partition by period, from_variant_id
        ) as from_units,
        sum(exchanged_units) over (
            partition by period, coalesce(from_product_id, from_product_title)
        ) as from_product_units
    from summed
),

final as (
    select
        'exchange_flow_share' as metric_name,
        'return' as date_basis,
        period_type,
        period,
        period_start_date,
        is_current_period,
        from_product_id,
        from_variant_id,
        from_sku,
        from_product_title,
        from_product_category,
        to_variant_id,
        to_sku,
        flow_kind,
        exchanged_units,
        cast(from_units as {{ dbt.type_bigint() }}) as from_units,
        {{ ratio('exchanged_units', 'from_units') }} as exchange_flow_share,
        cast(from_product_units as {{ dbt.type_bigint() }})
            as from_product_units,
        -- Without orders it is unknown which exchanges were returned.
        case
            when data_through.orders_through_at is not null
                then totalled.returned_again_units
        end as returned_again_units
    from totalled
    cross join data_through
)

select *
from final
