with exchanges as (
    select *
    from {{ ref('fct_return_exchanges') }}
    where is_counted_return
),

pairs as (
    select *
    from {{ ref('int_exchange_items_paired') }}
),

exchange_lines as (
    select *
    from {{ ref('int_exchange_lines_returned') }}
),

periods as (
    select *
    from {{ ref('int_periods') }}
),

-- What became of the goods that went out: a separate order tells.
returned_orders as (
    select
        sm_order_key,
        variant_id,
        sum(returned_units) as returned_units
    from exchange_lines
    group by sm_order_key, variant_id
),

items as (
    select
        pairs.from_variant_id,
        pairs.from_sku,
        exchanges.variant_id as to_variant_id,
        exchanges.sku as to_sku,
        case
            when pairs.pairing = 'not paired' then 'not paired'
            when pairs.from_variant_id = exchanges.variant_id
                then 'same variant'
            when pairs.from_product_id = exchanges.product_id
                then 'other variant'
            else 'other product'
        end as flow_kind,
        cast({{ dbt.date_trunc('month', 'exchanges.return_date') }} as date)
            as month_date,
        coalesce(returned_orders.returned_units, 0) > 0 as is_returned_again
    from exchanges
    inner join pairs
        on
            exchanges.loop_return_id = pairs.loop_return_id
            and exchanges.loop_exchange_id = pairs.loop_exchange_id
    left join returned_orders
        on
            exchanges.exchange_sm_order_key = returned_orders.sm_order_key
            and exchanges.variant_id = returned_orders.variant_id
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
        max(items.from_sku) as from_sku,
        max(items.to_sku) as to_sku,
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
        ) as from_units
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
        from_variant_id,
        from_sku,
        to_variant_id,
        to_sku,
        flow_kind,
        exchanged_units,
        cast(from_units as {{ dbt.type_bigint() }}) as from_units,
        {{ ratio('exchanged_units', 'from_units') }} as exchange_flow_share,
        returned_again_units
    from totalled
)

select *
from final
