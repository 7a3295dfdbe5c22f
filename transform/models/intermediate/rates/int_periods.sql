with orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
),

data_through as (
    select *
    from {{ ref('loop_returns', 'int_data_through') }}
),

months as (
    select order_month_date as month_date
    from orders
    where order_month_date is not null
    union distinct
    select return_month_date as month_date
    from returns
    where return_month_date is not null
    union distinct
    select
        cast({{ dbt.date_trunc('month', 'return_closed_date') }} as date)
            as month_date
    from returns
    where return_closed_date is not null
),

dated as (
    select
        months.month_date,
        cast({{ dbt.date_trunc('quarter', 'months.month_date') }} as date)
            as quarter_date,
        cast(extract(year from months.month_date) as {{ dbt.type_string() }})
            as year_text,
        cast(
            extract(quarter from months.month_date)
            as {{ dbt.type_string() }}
        ) as quarter_text,
        cast(
            {{ dbt.date_trunc('month', 'data_through.data_through_date') }}
            as date
        ) as current_month_date,
        cast(
            {{ dbt.date_trunc('quarter', 'data_through.data_through_date') }}
            as date
        ) as current_quarter_date
    from months
    cross join data_through
),

final as (
    select
        month_date,
        'all' as period_type,
        'all' as period,
        cast(null as date) as period_start_date,
        false as is_current_period
    from dated
    union all
    select
        month_date,
        'quarter' as period_type,
        year_text || '-Q' || quarter_text as period,
        quarter_date as period_start_date,
        quarter_date = current_quarter_date as is_current_period
    from dated
    union all
    select
        month_date,
        'month' as period_type,
        substr(cast(month_date as {{ dbt.type_string() }}), 1, 7)
            as period,
        month_date as period_start_date,
        month_date = current_month_date as is_current_period
    from dated
)

select *
from final
