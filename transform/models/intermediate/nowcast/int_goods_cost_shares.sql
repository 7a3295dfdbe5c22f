with return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where is_rate_unit
),

unit_costs as (
    select *
    from {{ ref('loop_returns', 'stg_variant_costs') }}
),

order_currencies as (
    select
        currency_code,
        row_number() over (order by count(*) desc, currency_code) as position
    from {{ ref('loop_returns', 'int_orders') }}
    where is_customer_order
    group by currency_code
),

as_of_dates as (
    select distinct as_of_date
    from {{ ref('loop_returns', 'int_returns_nowcast') }}
),

-- A cost without a currency is in the currency of the shop.
variant_costs as (
    select
        unit_costs.variant_id,
        unit_costs.unit_cost_amount,
        coalesce(unit_costs.currency_code, order_currencies.currency_code)
            as currency_code
    from unit_costs
    cross join order_currencies
    where order_currencies.position = 1
),

costs as (
    select
        return_lines.currency_code,
        return_lines.root_order_month_date as order_month_date,
        return_lines.return_date,
        sum(return_lines.net_amount) as returned_amount,
        sum(case
            when variant_costs.unit_cost_amount is not null
                then return_lines.net_amount
        end) as costed_amount,
        sum(variant_costs.unit_cost_amount) as cost_amount
    from return_lines
    left join variant_costs
        on
            return_lines.variant_id = variant_costs.variant_id
            and return_lines.currency_code = variant_costs.currency_code
    group by 1, 2, 3
),

-- Goods without a unit cost are assumed to cost the same share of their price
-- as goods with one.
final as (
    select
        as_of_dates.as_of_date,
        costs.currency_code,
        {{ ratio('sum(costs.cost_amount)', 'sum(costs.costed_amount)') }}
            as goods_cost_share,
        coalesce({{ ratio(
            'sum(costs.costed_amount)', 'sum(costs.returned_amount)'
        ) }}, 0) as cost_known_share
    from as_of_dates
    inner join costs
        on
            as_of_dates.as_of_date >= costs.return_date
            and {{ is_in_nowcast_months(
                'costs.order_month_date', 'as_of_dates.as_of_date'
            ) }}
    group by as_of_dates.as_of_date, costs.currency_code
)

select *
from final
