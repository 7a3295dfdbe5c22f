{#-
    Sequential tests of whether an item is returned more often than its peers.
    If all items of a peer group are returned equally often, the probability
    that a return belongs to a given item is the item's share of the group's
    orders in the week in which the returned order was placed (the partial
    likelihood of Cox 1975, stratified by order week). The evidence is the mean
    likelihood ratio for return rates 1.5, 2 and 3 times as high. A margin
    allows for the differences that items usually have. The probability that the
    evidence ever exceeds a limit by chance is at most one divided by the limit
    (Ville 1939), however often it is checked. On the first day of each month a
    further test begins, of the orders placed from that day on. A product is
    also tested for each reason, against the same reason of its peers.
-#}
{%- set ratios = ['1.5e0', '2.0e0', '3.0e0'] -%}
{%- set peers = ['dimension_type', 'peer_group', 'reason_group'] -%}
{%- set item = peers + ['dimension_value'] -%}
{%- set week = ['order_month_date', 'order_week'] -%}
with counts as (
    select *
    from {{ ref('loop_returns', 'int_returns_by_item') }}
),

sold as (
    select
        dimension_type,
        peer_group,
        dimension_value,
        order_month_date,
        order_week,
        max(product_category) as product_category,
        max(product_key) as product_key,
        sum(orders) as orders,
        sum(sold_units) as sold_units
    from counts
    where return_date is null
    group by 1, 2, 3, 4, 5
),

shares as (
    select
        *,
        min(dimension_value) over (partition by dimension_type, product_key)
        < max(dimension_value) over (partition by dimension_type, product_key)
            as is_one_of_several,
        {{ ratio('orders', 'sum(orders) over (partition by dimension_type, '
        ~ 'peer_group, order_month_date, order_week)') }} as share
    from sold
),

returned as (
    {% for is_by_reason in [false, true] -%}
    select
        {% if is_by_reason -%}
        'reason' as dimension_type,
        {%- else -%}
        dimension_type,
        {%- endif %}
        peer_group,
        dimension_value,
        {{ 'reason_group' if is_by_reason else "'all' as reason_group" }},
        order_month_date,
        order_week,
        return_date,
        sum(orders) as orders,
        sum(returned_units) as returned_units
    from counts
    where
        return_date is not null
        {%- if is_by_reason %}
        and dimension_type = 'product'
        {%- endif %}
    group by 1, 2, 3, 4, 5, 6, 7
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

returned_by_all as (
    select
        dimension_type,
        peer_group,
        reason_group,
        order_month_date,
        order_week,
        return_date,
        sum(orders) as orders
    from returned
    group by 1, 2, 3, 4, 5, 6
),

reasons as (
    select distinct
        dimension_type,
        peer_group,
        reason_group
    from returned_by_all
),

weeks as (
    select
        reasons.dimension_type,
        reasons.peer_group,
        shares.dimension_value,
        reasons.reason_group,
        shares.order_month_date,
        shares.order_week,
        shares.product_category,
        shares.product_key,
        shares.share,
        shares.sold_units
    from shares
    inner join reasons
        on
            shares.dimension_type = case
                when reasons.dimension_type = 'reason' then 'product'
                else reasons.dimension_type
            end
            and shares.peer_group = reasons.peer_group
    -- A single item has no peers, and the only SKU of a product is tested only
    -- as the product.
    where
        shares.share < 1
        and (shares.dimension_type <> 'sku' or shares.is_one_of_several)
),

-- The next CTEs estimate how far items of a dimension type differ from their
-- peers beyond chance.
returned_in_weeks as (
    select
        dimension_type,
        peer_group,
        reason_group,
        order_month_date,
        order_week,
        sum(orders) as orders
    from returned_by_all
    group by 1, 2, 3, 4, 5
),

item_orders as (
    select
        dimension_type,
        peer_group,
        dimension_value,
        reason_group,
        order_month_date,
        order_week,
        sum(orders) as orders
    from returned
    group by 1, 2, 3, 4, 5, 6
),

items as (
    select
        weeks.dimension_type,
        weeks.peer_group,
        weeks.dimension_value,
        weeks.reason_group,
        sum(coalesce(item_orders.orders, 0)) as orders,
        {{ sum_of_ratios('returned_in_weeks.orders * weeks.share') }}
            as expected_orders,
        {{ sum_of_ratios(
            'returned_in_weeks.orders * weeks.share * (1 - weeks.share)'
        ) }} as variance
    from weeks
    inner join returned_in_weeks
        on
            {{ equal_columns('weeks', 'returned_in_weeks', peers + week) }}
    left join item_orders
        on
            {{ equal_columns('weeks', 'item_orders', item + week) }}
    group by 1, 2, 3, 4
),

deviations as (
    select
        *,
        cast(
            case
                when variance >= 1
                    then power(orders - expected_orders, 2) / variance - 1
                else 0
            end as {{ type_exact_ratio() }}
        ) as excess,
        cast(
            case when variance >= 1 then variance else 0 end
            as {{ type_exact_ratio() }}
        ) as room
    from items
),

-- One bad item makes its peers look good, so the margin of an item leaves out
-- its own peer group if there are other groups.
others as (
    select
        *,
        sum(excess) over (partition by dimension_type) - excess
            as other_excess,
        sum(room) over (partition by dimension_type) - room as other_room,
        sum(excess) over (partition by dimension_type)
        - sum(excess) over (partition by dimension_type, peer_group)
            as outer_excess,
        sum(room) over (partition by dimension_type)
        - sum(room) over (partition by dimension_type, peer_group)
            as outer_room
    from deviations
),

margins as (
    select
        *,
        1 + sqrt(coalesce(case
            when outer_room > 0
                then {{ ratio('greatest(outer_excess, 0)', 'outer_room') }}
            else {{ ratio('greatest(other_excess, 0)', 'other_room') }}
        end, 0)) as margin
    from others
    -- Fewer than five returned orders cannot reach any limit.
    where orders >= 5
),

days as (
    select
        weeks.dimension_type,
        weeks.peer_group,
        weeks.dimension_value,
        weeks.reason_group,
        weeks.order_month_date,
        returned_by_all.return_date,
        sum(coalesce(returned.orders, 0)) as orders,
        sum(coalesce(returned.returned_units, 0)) as returned_units,
        -- item_weight divided by peer_weight is Mantel and Haenszel's ratio of
        -- return rates.
        {{ sum_of_ratios(
            'coalesce(returned.orders, 0) * (1 - weeks.share)'
        ) }} as item_weight,
        {% for ratio_tested in ratios -%}
        {{ sum_of_ratios(
            'coalesce(returned.orders, 0) * ln(' ~ ratio_tested ~ ')'
            ~ ' - returned_by_all.orders * ln('
            ~ '(1 - weeks.share + weeks.share * margins.margin * '
            ~ ratio_tested ~ ')'
            ~ ' / (1 - weeks.share + weeks.share * margins.margin))'
        ) }} as log_likelihood_{{ loop.index }},
        {% endfor -%}
        {{ sum_of_ratios(
            '(returned_by_all.orders - coalesce(returned.orders, 0))'
            ~ ' * weeks.share'
        ) }} as peer_weight
    from margins
    inner join weeks
        on {{ equal_columns('margins', 'weeks', item) }}
    inner join returned_by_all
        on
            {{ equal_columns('weeks', 'returned_by_all', peers + week) }}
    left join returned
        on
            {{ equal_columns('weeks', 'returned', item + week) }}
            and returned_by_all.return_date = returned.return_date
    group by 1, 2, 3, 4, 5, 6
),

months as (
    select
        dimension_type,
        peer_group,
        dimension_value,
        reason_group,
        order_month_date,
        max(product_category) as product_category,
        max(product_key) as product_key,
        sum(sold_units) as sold_units
    from weeks
    group by 1, 2, 3, 4, 5
),

sold_since as (
    select
        dimension_type,
        peer_group,
        dimension_value,
        reason_group,
        order_month_date as orders_from_date,
        product_category,
        product_key,
        sum(sold_units) over (
            partition by
                dimension_type, peer_group, dimension_value, reason_group
            order by order_month_date desc
            rows between unbounded preceding and current row
        ) as sold_units
    from months
),

days_of_tests as (
    select
        sold_since.dimension_type,
        sold_since.peer_group,
        sold_since.dimension_value,
        sold_since.reason_group,
        sold_since.orders_from_date,
        sold_since.product_category,
        sold_since.product_key,
        sold_since.sold_units,
        days.return_date,
        sum(days.orders) as orders,
        sum(days.returned_units) as returned_units,
        {{ sum_of_ratios('days.item_weight') }} as item_weight,
        {% for _ in ratios -%}
        {{ sum_of_ratios('days.log_likelihood_' ~ loop.index) }}
            as log_likelihood_{{ loop.index }},
        {% endfor -%}
        {{ sum_of_ratios('days.peer_weight') }} as peer_weight
    from sold_since
    inner join days
        on
            {{ equal_columns('sold_since', 'days', item) }}
            and sold_since.orders_from_date <= days.order_month_date
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

added_up as (
    select
        dimension_type,
        peer_group,
        dimension_value,
        reason_group,
        orders_from_date,
        product_category,
        product_key,
        sold_units,
        return_date,
        {% for _ in ratios -%}
        cast(sum(cast(
            log_likelihood_{{ loop.index }} as {{ type_exact_ratio() }}
        )) over (
            partition by
                dimension_type, peer_group, dimension_value, reason_group,
                orders_from_date
            order by return_date
            rows between unbounded preceding and current row
        ) as {{ type_ratio() }}) as log_evidence_{{ loop.index }},
        {% endfor -%}
        returned_units,
        item_weight,
        peer_weight
    from days_of_tests
),

-- Logarithms are limited to 300: larger exponents could overflow, and no limit
-- of a test is that high.
evidences as (
    select
        *,
        (
            0
            {% for _ in ratios -%}
            + exp(least(log_evidence_{{ loop.index }}, 300))
            {% endfor -%}
        ) / {{ ratios | length }} as evidence
    from added_up
),

reason_counts as (
    select count(distinct reason_group) as reason_count
    from reasons
    where dimension_type = 'reason'
),

-- The probability of a false alarm of a test is at most one divided by its
-- limit: together 1/100 for a product and its reasons, and 1/200 for a SKU and
-- its size. SKUs and sizes are tested only in products that have at least two
-- of them, so at least two SKUs share the 1/100 of their product: at most 1/200
-- each. With the 1/200 of the SKU and its size, there is at most one false
-- alarm per 100 SKU-months, for all types together.
limited as (
    select
        *,
        case dimension_type
            when 'product' then 125
            when 'size' then 400
            when 'sku' then 400
            when 'reason'
                then 500 * (select reason_count from reason_counts)
        end as evidence_limit
    from evidences
),

final as (
    select
        dimension_type,
        peer_group,
        dimension_value,
        reason_group,
        orders_from_date,
        product_category,
        product_key,
        min(case when evidence >= evidence_limit then return_date end)
            as noticed_date,
        max(evidence) as highest_evidence,
        max(sold_units) as sold_units,
        sum(returned_units) as returned_units,
        {{ sum_of_ratios('item_weight') }} as item_weight,
        {{ sum_of_ratios('peer_weight') }} as peer_weight
    from limited
    group by 1, 2, 3, 4, 5, 6, 7
)

select *
from final
