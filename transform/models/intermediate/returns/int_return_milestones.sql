{{ incremental_by('return_id') }}

{#- EasyPost's statuses of a parcel, which Loop passes on. -#}
{%- set label_words = {
    'label_made': ['new', 'pending', 'pre_transit', 'unknown'],
    'first_scan': [
        'in_transit', 'out_for_delivery', 'available_for_pickup',
        'return_to_sender',
    ],
    'delivered': ['delivered'],
} -%}

with returns as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
    where {{ is_affected('return_id') }}
),

returns_matched as (
    select *
    from {{ ref('loop_returns', 'int_returns_matched_to_orders') }}
    where {{ is_affected('return_id') }}
),

states as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_states') }}
    where {{ is_affected('return_id') }}
),

label_statuses as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__label_statuses') }}
    where {{ is_affected('return_id') }}
),

-- A return without a list of labels has only the status of its first label.
parcel_statuses as (
    select
        return_id,
        label_status,
        label_updated_at,
        'loop_returns.return_labels' as source_table
    from label_statuses
    union all
    select
        return_id,
        label_status,
        label_updated_at,
        'loop_returns.returns' as source_table
    from returns
    where return_id not in (
        select label_statuses.return_id
        from label_statuses
    )
),

shipping_notices as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__shipping_notices') }}
    where {{ is_affected('return_id') }}
),

line_items as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_line_items') }}
    where {{ is_affected('return_id') }}
),

loop_refunds as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_refunds') }}
    where {{ is_affected('return_id') }}
),

refunds as (
    select *
    from {{ ref('loop_returns', 'int_refunds_matched_to_returns') }}
    where {{ is_affected('order_id') }}
),

exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    where
        exchange_order_id is not null
        and {{ is_affected('return_id') }}
),

orders as (
    select
        *,
        coalesce(processed_at, created_at) as ordered_at
    from {{ ref('loop_returns', 'stg_orders') }}
    where {{ is_affected('order_id') }}
),

exchange_orders as (
    select
        exchanges.return_id,
        orders.ordered_at,
        orders.shipped_at
    from exchanges
    inner join returns_matched
        on exchanges.return_id = returns_matched.return_id
    inner join orders
        on
            exchanges.store_id = orders.store_id
            and exchanges.exchange_order_id = orders.order_id
    -- A native exchange adds lines to the order itself, which is older.
    where exchanges.exchange_order_id <> coalesce(returns_matched.order_id, '')
),

-- The time with the lowest preference number is used: a time in Loop, or a time
-- in Shopify if Loop has none. Only for `refunded`, Shopify's refund comes
-- before Loop's refund_processed_at.
observed as (
    {% for milestone, column in {
        'requested': 'return_created_at',
        'processed': 'return_processed_at',
        'credit_issued': 'gift_card_processed_at',
        'exchange_ordered': 'exchange_processed_at',
    }.items() -%}
    select
        return_id,
        '{{ milestone }}' as milestone,
        'loop_returns.returns' as source_table,
        1 as preference,
        {{ column }} as occurred_at
    from returns
    union all
    {% endfor -%}
    select
        return_id,
        'refunded' as milestone,
        'loop_returns.returns' as source_table,
        3 as preference,
        refund_processed_at as occurred_at
    from returns
    union all
    select
        states.return_id,
        'processed' as milestone,
        'loop_returns.returns' as source_table,
        2 as preference,
        states.return_updated_at as occurred_at
    from states
    inner join returns
        on states.return_id = returns.return_id
    where
        states.return_state = 'closed'
        and coalesce(returns.was_processed, true)
    union all
    select
        return_id,
        'cancelled' as milestone,
        'loop_returns.returns' as source_table,
        1 as preference,
        return_updated_at as occurred_at
    from states
    where return_state = 'cancelled'
    {% for milestone, words in label_words.items() -%}
    union all
    select
        return_id,
        '{{ milestone }}' as milestone,
        source_table,
        1 as preference,
        label_updated_at as occurred_at
    from parcel_statuses
    where label_status in {{ text_list(words) }}
    {% endfor -%}
    union all
    select
        return_id,
        'delivered' as milestone,
        'loop_returns.advanced_shipping_notices' as source_table,
        2 as preference,
        delivered_at as occurred_at
    from shipping_notices
    union all
    select
        return_id,
        'inspected' as milestone,
        'loop_returns.return_line_items' as source_table,
        1 as preference,
        inspected_at as occurred_at
    from line_items
    union all
    select
        return_id,
        'refunded' as milestone,
        'loop_returns.return_refunds' as source_table,
        1 as preference,
        refunded_at as occurred_at
    from loop_refunds
    union all
    -- In an exchange without money, Shopify's refund only returns the goods.
    select
        returns.return_id,
        'refunded' as milestone,
        'shopify.refunds' as source_table,
        2 as preference,
        refunds.refunded_at as occurred_at
    from returns
    inner join refunds
        on returns.return_id = refunds.return_id
    where returns.refund_amount > 0
    union all
    select
        returns.return_id,
        'credit_issued' as milestone,
        'shopify.orders' as source_table,
        2 as preference,
        orders.ordered_at as occurred_at
    from returns
    inner join orders
        on
            returns.store_id = orders.store_id
            and returns.gift_card_order_id = orders.order_id
    union all
    select
        return_id,
        'exchange_ordered' as milestone,
        'shopify.orders' as source_table,
        2 as preference,
        ordered_at as occurred_at
    from exchange_orders
    union all
    select
        return_id,
        'exchange_shipped' as milestone,
        'shopify.orders' as source_table,
        1 as preference,
        shipped_at as occurred_at
    from exchange_orders
),

ranked as (
    select
        *,
        row_number() over (
            partition by return_id, milestone
            order by preference, occurred_at
        ) as place
    from observed
    where occurred_at is not null
),

final as (
    select
        returns.store_id,
        ranked.return_id,
        ranked.milestone,
        ranked.source_table,
        ranked.occurred_at,
        {{ built_at() }} as built_at
    from ranked
    inner join returns
        on ranked.return_id = returns.return_id
    where ranked.place = 1
)

select *
from final
