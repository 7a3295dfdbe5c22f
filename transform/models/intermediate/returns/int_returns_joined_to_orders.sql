{{ incremental_by('return_id') }}

with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_classified') }}
    where {{ is_affected('return_id') }}
),

returns_matched as (
    select *
    from {{ ref('loop_returns', 'int_returns_matched_to_orders') }}
    where {{ is_affected('return_id') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'int_orders') }}
    where {{ is_affected('order_id') }}
),

joined as (
    select
        returns.*,
        coalesce(
            orders.order_role = 'test' or root_orders.order_role = 'test',
            false
        ) as is_of_test_order,
        orders.presentment_currency_code as order_presentment_currency_code,
        orders.order_delivered_at,
        returns_matched.sm_order_key,
        returns_matched.match_method,
        -- Loop may know the order by its name alone.
        coalesce(returns_matched.order_id, returns.order_id)
            as known_order_id,
        orders.sm_order_key is not null as is_order_matched,
        orders.sm_customer_key,
        orders.customer_id,
        orders.order_role as return_order_role,
        orders.exchange_depth,
        orders.root_sm_order_key,
        orders.order_created_at,
        orders.order_date,
        root_orders.order_date as root_order_date,
        root_orders.order_month_date as root_order_month_date,
        root_orders.is_customer_order as is_root_customer_order,
        root_orders.loop_exclusion_reason as root_loop_exclusion_reason,
        root_orders.sales_channel as order_sm_channel,
        root_orders.sales_sub_channel as order_sm_sub_channel,
        root_orders.utm_source_medium as order_utm_source_medium,
        {{ local_date('returns.return_created_at') }} as return_date,
        {{ local_date('returns.return_closed_at') }} as return_closed_date,
        {{ local_date('returns.refund_processed_at') }}
            as refund_processed_date,
        {{ local_date('orders.order_delivered_at') }} as delivered_date,
        -- The recipient of a gift has a different e-mail address than the
        -- buyer; null if either address is missing.
        orders.customer_email_hash <> returns.customer_email_hash
            as is_gift_return
    from returns
    inner join returns_matched
        on returns.return_id = returns_matched.return_id
    left join orders
        on returns_matched.sm_order_key = orders.sm_order_key
    left join orders as root_orders
        on orders.root_sm_order_key = root_orders.sm_order_key
),

timed as (
    select
        *,
        is_counted_by_state and not is_of_test_order as is_counted_return,
        is_realised_by_state and not is_of_test_order as is_realised_return,
        {{ days_between('order_date', 'return_date') }} as signed_days,
        {{ days_between('root_order_date', 'return_date') }}
            as signed_days_from_root,
        {{ days_between('delivered_date', 'return_date') }}
            as signed_days_from_delivery
    from joined
),

final as (
    select
        *,
        cast({{ dbt.date_trunc('month', 'return_date') }} as date)
            as return_month_date,
        case when signed_days >= 0 then signed_days end as days_to_return,
        case when signed_days_from_root >= 0 then signed_days_from_root end
            as days_to_return_from_root,
        case
            when signed_days_from_delivery >= 0
                then signed_days_from_delivery
        end as days_delivery_to_return,
        coalesce(signed_days < 0, false) as is_before_its_order,
        {{ days_between('return_date', 'return_closed_date') }}
            as days_return_to_close,
        {{ days_between('return_date', 'refund_processed_date') }}
            as days_return_to_refund,
        row_number() over (
            partition by
                case when is_order_matched then sm_order_key end,
                case when not is_order_matched then return_id end
            order by return_created_at, return_id
        ) as return_seq_in_order,
        case when sm_customer_key is not null then row_number() over (
            partition by
                sm_customer_key,
                case when sm_customer_key is null then return_id end
            order by return_created_at, return_id
        ) end as return_seq_for_customer
    from timed
)

select *
from final
