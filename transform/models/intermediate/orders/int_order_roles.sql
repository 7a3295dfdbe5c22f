{{ incremental_by('order_id', on_bigquery='view') }}

with orders as (
    select
        *,
        {{ sm_key('store_id', 'order_id') }} as sm_order_key
    from {{ ref('loop_returns', 'stg_orders') }}
    where {{ is_affected('order_id') }}
),

links as (
    select *
    from {{ ref('loop_returns', 'int_exchange_orders_linked') }}
    where {{ is_affected('order_id') }}
),

chains as (
    select *
    from {{ ref('loop_returns', 'int_exchange_orders_chained') }}
    where {{ is_affected('order_id') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
    where {{ is_affected('return_id') }}
),

gift_card_orders as (
    select distinct
        store_id,
        gift_card_order_id
    from returns
    where gift_card_order_id is not null
),

roles as (
    select
        orders.sm_order_key,
        orders.order_id,
        chains.root_sm_order_key,
        chains.exchange_depth,
        case
            when links.link_method in ('order_id', 'order_name')
                then 'exchange'
            when gift_card_orders.gift_card_order_id is not null
                then 'gift_card_issue'
            when links.link_method = 'name_prefix' then 'exchange'
            when
                orders.app_id
                in {{ text_list(var_or_empty('exchange_app_ids')) }}
                or orders.source_name
                in {{ text_list(var_or_empty('exchange_app_ids')) }}
                or {{ has_any_tag(
                    'orders.order_tags', var_or_empty('exchange_order_tags')
                ) }}
                then 'exchange'
            when {{ has_any_tag(
                'orders.order_tags', var_or_empty('replacement_order_tags')
            ) }}
                then 'replacement'
            when orders.is_test then 'test'
            when
                orders.source_name = 'shopify_draft_order'
                and coalesce(orders.financial_status, 'pending')
                in ('pending', 'expired', 'voided')
                then 'draft_unpaid'
            when
                orders.cancelled_at is not null
                and coalesce(orders.fulfillment_status, 'unfulfilled')
                = 'unfulfilled'
                then 'cancelled_unfulfilled'
            when {{ has_any_tag(
                'orders.order_tags', var_or_empty('excluded_order_tags')
            ) }}
                then 'excluded_by_config'
            else 'customer'
        end as order_role
    from orders
    left join links
        on orders.sm_order_key = links.sm_order_key
    left join chains
        on orders.sm_order_key = chains.sm_order_key
    left join gift_card_orders
        on
            orders.store_id = gift_card_orders.store_id
            and orders.order_id = gift_card_orders.gift_card_order_id
),

-- An exchange order whose first order is unknown counts as its own first order.
final as (
    select
        sm_order_key,
        order_id,
        order_role,
        coalesce(root_sm_order_key, sm_order_key) as root_sm_order_key,
        case
            when order_role = 'exchange' then exchange_depth
            else 0
        end as exchange_depth,
        order_role = 'exchange' and root_sm_order_key is null
            as is_lineage_unlinked,
        {{ built_at() }} as built_at
    from roles
)

select *
from final
