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
-- difference `timing`, and the two add up to zero. If the amounts differ too,
-- the ledger's day also has the difference between them.
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

dated as (
    select
        *,
        substr(cast(tie_date as {{ dbt.type_string() }}), 1, 7) as period
    from summed
),

ranked as (
    select
        *,
        row_number() over (
            partition by
                store_id, period, tie_line, reason_class, currency_code
            order by
                abs(ledger_amount - shopify_amount) desc, tie_date asc,
                order_id asc
        ) as difference_rank
    from dated
    where ledger_amount <> shopify_amount
    union all
    select
        *,
        null as difference_rank
    from dated
    where ledger_amount = shopify_amount
),

final as (
    select
        'ledger_tie' as metric_name,
        ranked.store_id as sm_store_id,
        {{ sm_key('ranked.store_id', 'ranked.order_id') }} as sm_order_key,
        ranked.order_id as shopify_order_id,
        coalesce(orders.order_name, returns.order_name) as order_name,
        ranked.period,
        ranked.tie_date,
        ranked.tie_line,
        ranked.reason_class,
        ranked.currency_code,
        ranked.ledger_amount,
        ranked.shopify_amount,
        cast(
            ranked.ledger_amount - ranked.shopify_amount
            as {{ type_money() }}
        ) as difference_amount,
        cast(case
            when ranked.reason_class = 'unexplained' then 0
            else ranked.ledger_amount - ranked.shopify_amount
        end as {{ type_money() }}) as explained_amount,
        cast(case
            when ranked.reason_class = 'unexplained'
                then ranked.ledger_amount - ranked.shopify_amount
            else 0
        end as {{ type_money() }}) as unexplained_amount,
        cast(ranked.difference_rank as {{ dbt.type_bigint() }})
            as difference_rank
    from ranked
    left join orders
        on
            ranked.store_id = orders.store_id
            and ranked.order_id = orders.order_id
    left join returns
        on
            ranked.store_id = returns.store_id
            and ranked.order_id = returns.order_id
)

select *
from final
