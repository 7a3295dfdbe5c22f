{{ config(materialized='view') }}

with tied as (
    select *
    from {{ ref('loop_returns', 'int_ledger_tied_to_refunds') }}
    where tie_line in ('goods', 'shipping', 'order_adjustment')
),

reported as (
    select *
    from {{ ref('loop_returns', 'stg_sales_reversals') }}
),

orders as (
    select
        store_id,
        order_id,
        currency_code,
        {{ local_date('cancelled_at') }} as cancelled_on
    from {{ ref('loop_returns', 'stg_orders') }}
),

days_covered as (
    select
        min(reversed_on) as first_day,
        max(reversed_on) as last_day
    from reported
),

-- The ledger against Shopify's refunds, with the reasons for differences. An
-- adjustment reduces what a refund takes from sales.
carried as (
    select
        tied.store_id,
        tied.order_id,
        tied.currency_code,
        tied.ledger_date,
        tied.shopify_date,
        tied.ledger_amount,
        case
            when tied.tie_line = 'order_adjustment' then -tied.shopify_amount
            else tied.shopify_amount
        end as shopify_amount,
        tied.reason_class
    from tied
    cross join days_covered
    where
        coalesce(tied.shopify_date, tied.ledger_date)
        between days_covered.first_day and days_covered.last_day
),

refunded as (
    select
        store_id,
        order_id,
        shopify_date as refunded_on,
        max(currency_code) as currency_code,
        sum(shopify_amount) as refunded_amount
    from carried
    where shopify_amount <> 0
    group by store_id, order_id, shopify_date
),

-- Shopify's refunds against Shopify's report.
compared as (
    select
        coalesce(reported.store_id, refunded.store_id) as store_id,
        coalesce(reported.order_id, refunded.order_id) as order_id,
        coalesce(reported.reversed_on, refunded.refunded_on) as shopify_date,
        refunded.currency_code,
        coalesce(reported.reversed_amount, 0)
        - coalesce(refunded.refunded_amount, 0) as difference,
        reported.order_id is not null as is_reported,
        refunded.order_id is not null as is_refunded
    from reported
    full outer join refunded
        on
            reported.store_id = refunded.store_id
            and reported.order_id = refunded.order_id
            and reported.reversed_on = refunded.refunded_on
),

classified as (
    select
        compared.store_id,
        compared.order_id,
        coalesce(orders.currency_code, compared.currency_code)
            as currency_code,
        compared.shopify_date,
        compared.difference,
        case
            when
                sum(compared.difference) over (
                    partition by compared.store_id, compared.order_id
                ) = 0
                then 'timing'
            when
                {{ is_rounding(
                    'compared.difference',
                    'coalesce(orders.currency_code, compared.currency_code)'
                ) }}
                then 'rounding'
            when
                not compared.is_refunded
                and compared.shopify_date = orders.cancelled_on
                then 'refund_outside_loop'
            when orders.order_id is null then 'missing_order'
            when not compared.is_refunded then 'refund_not_loaded'
            when not compared.is_reported then 'report_not_loaded'
            else 'unexplained'
        end as reason_class
    from compared
    left join orders
        on
            compared.store_id = orders.store_id
            and compared.order_id = orders.order_id
),

parts as (
    select * from carried
    union all
    select
        store_id,
        order_id,
        currency_code,
        cast(null as date) as ledger_date,
        shopify_date,
        0 as ledger_amount,
        difference as shopify_amount,
        reason_class
    from classified
    where difference <> 0
),

final as (
    select
        store_id,
        order_id,
        'sales_report' as tie_line,
        currency_code,
        ledger_date,
        shopify_date,
        {{ sum_of_money('ledger_amount') }} as ledger_amount,
        {{ sum_of_money('shopify_amount') }} as shopify_amount,
        reason_class
    from parts
    group by
        store_id,
        order_id,
        currency_code,
        ledger_date,
        shopify_date,
        reason_class
)

select *
from final
