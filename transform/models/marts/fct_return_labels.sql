with labels as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_labels') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
),

final as (
    select
        -- ids
        labels.return_id as loop_return_id,
        cast(labels.label_position as {{ dbt.type_bigint() }})
            as label_position,
        labels.store_id as sm_store_id,
        returns.sm_order_key,
        returns.destination_id,
        -- text
        labels.carrier,
        labels.tracking_number,
        labels.label_status,
        returns.return_method_type,
        returns.origin_country_code,
        returns.return_state,
        returns.outcome_group,
        returns.currency_code,
        -- numerics
        -- Amounts of returns that do not count are null, so a plain sum is
        -- right.
        cast(
            case when returns.is_counted_return then labels.label_cost end
            as {{ type_money() }}
        ) as label_cost,
        cast(labels.label_cost as {{ type_money() }})
            as requested_label_cost,
        -- booleans
        returns.is_counted_return,
        -- dates
        returns.return_date,
        returns.return_month_date,
        -- timestamps
        labels.label_updated_at
    from labels
    inner join returns
        on labels.return_id = returns.return_id
)

select *
from final
