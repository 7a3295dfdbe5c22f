with maturity as (
    select *
    from {{ ref('int_return_maturity') }}
),

final as (
    select
        data_through_date,
        data_through_at,
        orders_through_at,
        returns_through_at,
        loop_period_start_date,
        return_maturity_days,
        median_days_to_return,
        '{{ var("store_timezone") }}' as store_timezone
    from maturity
)

select *
from final
