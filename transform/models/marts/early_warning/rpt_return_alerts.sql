with tests as (
    select *
    from {{ ref('loop_returns', 'int_return_tests') }}
    where noticed_date is not null
),

counts as (
    select *
    from {{ ref('loop_returns', 'int_returns_by_item') }}
    where return_date is not null
),

products as (
    select *
    from {{ ref('loop_returns', 'dim_products') }}
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

titles as (
    select
        product_id,
        max(product_title) as product_title
    from products
    group by product_id
),

-- If tests of several months notice an item, the test that noticed it first is
-- used.
numbered as (
    select
        *,
        row_number() over (
            partition by
                dimension_type, peer_group, dimension_value, reason_group
            order by
                noticed_date asc, highest_evidence desc, orders_from_date asc
        ) as test_number
    from tests
),

alerts as (
    select
        numbered.*,
        titles.product_title,
        maturity.data_through_date,
        cast(numbered.returned_units as {{ type_ratio() }})
        * {{ ratio('numbered.peer_weight', 'numbered.item_weight') }}
            as expected_returned_units,
        {{ ratio('numbered.item_weight', 'numbered.peer_weight') }}
            as return_ratio
    from numbered
    left join titles
        on numbered.product_key = titles.product_id
    cross join maturity
    where numbered.test_number = 1
),

-- Units by reason, of the item and of its peers.
units_by_reason as (
    select
        alerts.dimension_type,
        alerts.peer_group,
        alerts.dimension_value,
        alerts.reason_group,
        alerts.expected_returned_units,
        counts.reason_group as reason_grown,
        sum(case
            when alerts.dimension_value = counts.dimension_value
                then counts.returned_units
            else 0
        end) as item_units,
        sum(case
            when alerts.dimension_value <> counts.dimension_value
                then counts.returned_units
            else 0
        end) as peer_units
    from alerts
    inner join counts
        on
            counts.dimension_type = case
                when alerts.dimension_type = 'reason' then 'product'
                else alerts.dimension_type
            end
            and alerts.peer_group = counts.peer_group
            and alerts.orders_from_date <= counts.order_month_date
            and (
                alerts.dimension_type <> 'reason'
                or alerts.reason_group = counts.reason_group
            )
    group by 1, 2, 3, 4, 5, 6
),

-- Expected units are divided between reasons in the proportions of the peers.
expected_by_reason as (
    select
        *,
        coalesce(expected_returned_units * {{ ratio(
            'peer_units',
            'sum(peer_units) over (partition by dimension_type, peer_group, '
            ~ 'dimension_value, reason_group)'
        ) }}, 0) as expected_units
    from units_by_reason
),

ranked_reasons as (
    select
        *,
        row_number() over (
            partition by
                dimension_type, peer_group, dimension_value, reason_group
            order by item_units - expected_units desc, reason_grown asc
        ) as reason_rank
    from expected_by_reason
    where item_units > expected_units and item_units > 1
),

reasons as (
    select
        dimension_type,
        peer_group,
        dimension_value,
        reason_group,
        {{ dbt.listagg(
            "reason_grown || ' (' || cast(item_units as "
            ~ dbt.type_string() ~ ") || ' units, '"
            ~ " || cast(cast(round(expected_units) as "
            ~ dbt.type_bigint() ~ ') as ' ~ dbt.type_string()
            ~ ") || ' expected)'",
            "', '", 'order by reason_rank'
        ) }} as reasons_grown
    from ranked_reasons
    where reason_rank <= 3
    group by 1, 2, 3, 4
),

worded as (
    select
        alerts.*,
        reasons.reasons_grown,
        coalesce(alerts.product_title, alerts.product_key) as title,
        case alerts.dimension_type
            when 'size' then 'other sizes of the product'
            when 'sku' then 'other SKUs of ' || alerts.peer_group
            else 'other products of ' || alerts.peer_group
        end as peers
    from alerts
    left join reasons
        on
            {{ equal_columns('alerts', 'reasons', [
                'dimension_type', 'peer_group', 'dimension_value',
                'reason_group'
            ]) }}
),

final as (
    select
        'return_alert' as metric_name,
        'order' as date_basis,
        dimension_type,
        dimension_value,
        reason_group,
        peer_group,
        product_category,
        product_key,
        title as product_title,
        orders_from_date,
        noticed_date,
        data_through_date,
        cast(sold_units as {{ dbt.type_bigint() }}) as sold_units,
        cast(returned_units as {{ dbt.type_bigint() }}) as returned_units,
        expected_returned_units,
        return_ratio,
        highest_evidence as evidence,
        reasons_grown,
        title
        || case dimension_type
            when 'size' then ', size ' || dimension_value
            when 'sku' then ', SKU ' || dimension_value
            when 'reason' then ', reason ' || reason_group
            else ''
        end
        || ': ' || cast(returned_units as {{ dbt.type_string() }})
        || ' of ' || cast(sold_units as {{ dbt.type_string() }})
        || ' units ordered since '
        || cast(orders_from_date as {{ dbt.type_string() }})
        || ' came back, '
        || cast(
            cast(round(expected_returned_units) as {{ dbt.type_bigint() }})
            as {{ dbt.type_string() }}
        )
        || ' expected from ' || peers
        || '; first noticed '
        || cast(noticed_date as {{ dbt.type_string() }})
        || coalesce('; reasons that grew: ' || reasons_grown, '') as alert_text
    from worded
)

select *
from final
