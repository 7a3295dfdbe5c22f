with maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

currencies as (
    select *
    from {{ ref('loop_returns', 'dim_currencies') }}
    where is_main_currency
),

final as (
    select
        maturity.data_through_date,
        maturity.data_through_at,
        maturity.orders_through_at,
        maturity.returns_through_at,
        maturity.loop_period_start_date,
        maturity.return_maturity_days,
        maturity.median_days_to_return,
        {{ text_literal(var('store_timezone')) }} as store_timezone,
        currencies.currency_code as main_currency_code
    from maturity
    left join currencies
        on currencies.is_main_currency
)

select *
from final
