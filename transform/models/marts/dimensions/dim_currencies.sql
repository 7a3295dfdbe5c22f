with orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where is_customer_order
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where is_counted_return
),

records as (
    select
        sm_store_id,
        currency_code,
        1 as order_count,
        0 as return_count
    from orders
    union all
    select
        store_id as sm_store_id,
        currency_code,
        0 as order_count,
        1 as return_count
    from returns
),

counted as (
    select
        sm_store_id,
        currency_code,
        cast(sum(order_count) as {{ dbt.type_bigint() }}) as order_count,
        cast(sum(return_count) as {{ dbt.type_bigint() }}) as return_count
    from records
    where currency_code is not null
    group by sm_store_id, currency_code
),

final as (
    select
        currency_code,
        sm_store_id,
        order_count,
        return_count,
        row_number() over (
            order by
                {% if var('reporting_currency') -%}
                case
                    when
                        currency_code
                        = {{ text_literal(var('reporting_currency') | upper) }}
                        then 0
                    else 1
                end,
                {% endif -%}
                order_count desc,
                return_count desc,
                currency_code asc
        ) = 1 as is_main_currency
    from counted
)

select *
from final
