{#-
    Expected units still to come of products and SKUs. The rate of an item is
    the rate that the nowcast expects for its category in that month, times the
    level of the item: its returns of all months divided by those expected at
    the rates of its category, by Buehlmann credibility. The level of a product
    starts from 1, and the level of a SKU from the level of its product without
    the SKU. Both spreads are estimated by moments, plus one standard error.
-#}
with seen as (
    select *
    from {{ ref('loop_returns', 'int_returns_seen') }}
    where dimension_type in ('product', 'sku')
),

categories as (
    select
        *,
        -- The variance of the rate, divided by its square.
        coalesce(
            greatest(
                future_variance - dispersion * future_returned_units, 0
            ) / nullif(future_returned_units * future_returned_units, 0), 0
        ) as rate_variance
    from {{ ref('loop_returns', 'int_returns_nowcast') }}
    where dimension_type = 'category'
),

months as (
    select
        as_of_date,
        dimension_type,
        dimension_value,
        order_month_date,
        max(product_key) as product_key,
        max(product_category) as product_category,
        {{ sums_over_days() }}
    from seen
    group by 1, 2, 3, 4
),

dispersions as (
    select
        dimension_type,
        {{ dispersion_within_months() }} as dispersion
    from months
    where known_units > 0
    group by 1
),

rated as (
    select
        months.*,
        dispersions.dispersion,
        categories.calibration,
        categories.rate_variance,
        categories.future_rate as category_rate,
        categories.future_rate * months.known_units as expected_units
    from months
    inner join categories
        on
            months.as_of_date = categories.as_of_date
            and months.product_category = categories.dimension_value
            and months.order_month_date = categories.order_month_date
    inner join dispersions
        on months.dimension_type = dispersions.dimension_type
),

items as (
    select
        dimension_type,
        dimension_value,
        max(product_key) as product_key,
        max(product_category) as product_category,
        max(dispersion) as dispersion,
        sum(returned_units) as item_returned,
        {{ sum_of_ratios('expected_units') }} as item_expected
    from rated
    group by 1, 2
),

-- Variance of products around the rates of their categories.
product_spreads as (
    select {{ spread_by_moments(
        'item_returned', 'item_expected', 'dispersion * item_expected',
        '(count(*) - count(distinct product_category))'
    ) }} as product_spread
    from items
    where dimension_type = 'product' and item_expected > 0
),

-- The level of a SKU's product without the SKU; a product has no such prior.
of_products as (
    select
        items.*,
        product_spreads.product_spread,
        greatest(coalesce(
            products.item_returned - items.item_returned, 0
        ), 0) as others_returned,
        greatest(coalesce(
            products.item_expected - items.item_expected, 0
        ), 0) as others_expected
    from items
    cross join product_spreads
    left join items as products
        on
            items.product_key = products.dimension_value
            and items.dimension_type = 'sku'
            and products.dimension_type = 'product'
),

prior_levels as (
    select
        *,
        {{ credibility_rate(
            '1', 'dispersion', 'product_spread', 'others_returned',
            'others_expected'
        ) }} as prior_level,
        {{ credibility_variance(
            'dispersion', 'product_spread', 'others_expected'
        ) }} as prior_variance
    from of_products
),

-- Variance of SKUs around the level of their product.
sku_spreads as (
    select {{ spread_by_moments(
        'item_returned', 'prior_level * item_expected',
        'dispersion * prior_level * item_expected',
        '(count(*) - count(distinct product_key))'
    ) }} as sku_spread
    from prior_levels
    where dimension_type = 'sku' and item_expected > 0
),

spreads as (
    select
        prior_levels.*,
        prior_levels.prior_variance + case
            when prior_levels.dimension_type = 'sku'
                then sku_spreads.sku_spread
            else 0
        end as level_spread
    from prior_levels
    cross join sku_spreads
),

levels as (
    select
        *,
        {{ credibility_rate(
            'prior_level', 'dispersion', 'level_spread', 'item_returned',
            'prior_level * item_expected'
        ) }} as item_level,
        {{ credibility_variance(
            'dispersion', 'level_spread', 'prior_level * item_expected'
        ) }} as level_variance
    from spreads
),

-- Months that are not finished. Older ones have nothing to expect.
rates as (
    select
        rated.*,
        least(rated.category_rate * levels.item_level, 1) as future_rate,
        levels.level_variance,
        rated.sold_units - rated.known_units as future_units
    from rated
    inner join levels
        on
            rated.dimension_type = levels.dimension_type
            and rated.dimension_value = levels.dimension_value
    where rated.known_units < rated.sold_units
),

-- The variances of chance, of the category's rate, and of the item's level.
final as (
    select
        as_of_date,
        dimension_type,
        dimension_value,
        order_month_date,
        sold_units,
        returned_units,
        known_units,
        dispersion,
        future_rate,
        least(
            future_rate * future_units,
            greatest(sold_units - returned_units, 0)
        ) as future_returned_units,
        dispersion * future_rate * future_units
        + future_rate * future_units * future_rate * future_units
        * (rate_variance + level_variance) as future_variance,
        calibration
    from rates
)

select *
from final
