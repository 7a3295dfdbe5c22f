{{ config(materialized='view') }}

with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where sm_customer_key is not null and is_counted_return
),

customers as (
    select *
    from {{ ref('loop_returns', 'int_customers') }}
),

maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

-- A gift return is made by the recipient, not by the customer of the order.
ranked as (
    select
        sm_customer_key,
        return_id,
        outcome_group,
        return_created_at,
        return_date,
        row_number() over (
            partition by sm_customer_key
            order by return_created_at, return_id
        ) as position
    from returns
    where is_gift_return is not true
),

returners as (
    select distinct sm_customer_key
    from returns
),

-- For customers without a return, the window starts median_days_to_return after
-- their first order.
baseline as (
    select
        customers.sm_customer_key,
        cast({{ dbt.dateadd(
            'day', 'maturity.median_days_to_return', 'customers.first_order_at'
        ) }} as {{ dbt.type_timestamp() }}) as anchor_at,
        -- Whole days are added to the date, because adding hours would be wrong
        -- when clocks change.
        cast({{ dbt.dateadd(
            'day', 'maturity.median_days_to_return',
            'customers.first_order_date'
        ) }} as date) as anchor_date
    from customers
    cross join maturity
    left join returners
        on customers.sm_customer_key = returners.sm_customer_key
    where
        returners.sm_customer_key is null
        and maturity.median_days_to_return is not null
),

indexed as (
    select
        sm_customer_key,
        return_id as index_return_id,
        outcome_group as index_class,
        return_created_at as anchor_at,
        return_date as anchor_date
    from ranked
    where position = 1
    union all
    select
        sm_customer_key,
        cast(null as {{ dbt.type_string() }}) as index_return_id,
        'no return' as index_class,
        anchor_at,
        anchor_date
    from baseline
),

final as (
    select
        indexed.sm_customer_key,
        indexed.index_return_id,
        indexed.index_class,
        indexed.anchor_at,
        indexed.anchor_date,
        {{ days_between(
            'indexed.anchor_date', 'maturity.data_through_date'
        ) }} as followed_days,
        maturity.data_through_date
    from indexed
    cross join maturity
)

select *
from final
where followed_days >= 0
