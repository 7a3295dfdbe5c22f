{%- set models = ['int_ledger_tied_to_refunds', 'int_ledger_tied_to_orders'] -%}
{%- if var('charge_source') != 'none' -%}
{%- do models.append('int_ledger_tied_to_charges') -%}
{%- endif -%}
{%- if var('sales_report_source') != 'none' -%}
{%- do models.append('int_ledger_tied_to_sales_report') -%}
{%- endif -%}

with tied as (
    {% for model in models -%}
    select
        store_id,
        order_id,
        tie_line,
        currency_code,
        ledger_date,
        shopify_date,
        ledger_amount,
        shopify_amount,
        reason_class
    from {{ ref('loop_returns', model) }}
    {{ "union all" if not loop.last }}
    {% endfor -%}
),

orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
),

returns as (
    select
        store_id,
        order_id,
        min(order_name) as order_name
    from {{ ref('loop_returns', 'int_returns_booked') }}
    group by store_id, order_id
),

split as (
    select
        *,
        coalesce(ledger_date <> shopify_date, false)
        and ledger_amount <> 0
        and shopify_amount <> 0 as is_on_two_days
    from tied
),

-- If ledger and Shopify book an amount on different days, each day has a
-- difference, and the two add up to zero.
parts as (
    select
        *,
        coalesce(ledger_date, shopify_date) as tie_date,
        ledger_amount as ledger_part,
        shopify_amount as shopify_part,
        reason_class as part_reason_class
    from split
    where not is_on_two_days
    union all
    select
        *,
        ledger_date as tie_date,
        shopify_amount as ledger_part,
        0 as shopify_part,
        'timing' as part_reason_class
    from split
    where is_on_two_days
    union all
    select
        *,
        shopify_date as tie_date,
        0 as ledger_part,
        shopify_amount as shopify_part,
        'timing' as part_reason_class
    from split
    where is_on_two_days
    union all
    select
        *,
        ledger_date as tie_date,
        ledger_amount - shopify_amount as ledger_part,
        0 as shopify_part,
        reason_class as part_reason_class
    from split
    where is_on_two_days and ledger_amount <> shopify_amount
),

summed as (
    select
        store_id,
        order_id,
        tie_date,
        tie_line,
        part_reason_class as reason_class,
        currency_code,
        {{ sum_of_money('ledger_part') }} as ledger_amount,
        {{ sum_of_money('shopify_part') }} as shopify_amount
    from parts
    group by
        store_id,
        order_id,
        tie_date,
        tie_line,
        part_reason_class,
        currency_code
),

final as (
    select
        'ledger_tie' as metric_name,
        summed.store_id as sm_store_id,
        {{ sm_key('summed.store_id', 'summed.order_id') }} as sm_order_key,
        summed.order_id as shopify_order_id,
        coalesce(orders.order_name, returns.order_name) as order_name,
        summed.tie_date,
        summed.tie_line,
        summed.reason_class,
        summed.currency_code,
        summed.ledger_amount,
        summed.shopify_amount,
        cast(
            summed.ledger_amount - summed.shopify_amount
            as {{ type_money() }}
        ) as difference_amount,
        cast(case
            when summed.reason_class = 'unexplained' then 0
            else summed.ledger_amount - summed.shopify_amount
        end as {{ type_money() }}) as explained_amount,
        cast(case
            when summed.reason_class = 'unexplained'
                then summed.ledger_amount - summed.shopify_amount
            else 0
        end as {{ type_money() }}) as unexplained_amount
    from summed
    left join orders
        on
            summed.store_id = orders.store_id
            and summed.order_id = orders.order_id
    left join returns
        on
            summed.store_id = returns.store_id
            and summed.order_id = returns.order_id
)

select *
from final
