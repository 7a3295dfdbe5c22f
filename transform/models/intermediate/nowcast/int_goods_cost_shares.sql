with return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where is_rate_unit
),

variant_costs as (
    select *
    from {{ ref('loop_returns', 'stg_variant_costs') }}
),

as_of_dates as (
    select distinct as_of_date
    from {{ ref('loop_returns', 'int_returns_nowcast') }}
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
        on return_lines.variant_id = variant_costs.variant_id
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
            and costs.order_month_date
            >= {{ dbt.dateadd('month', -14, 'as_of_dates.as_of_date') }}
    group by as_of_dates.as_of_date, costs.currency_code
)

select *
from final
