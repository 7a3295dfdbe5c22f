{#
    Versions of inputs of the incremental tables, to find changes that affect
    orders and returns. Orders and payments are not among them: the built_at of
    their staging models says when a row changed.
#}
{{ tracks_watermark() }}
{{ config(
    enabled=builds_incrementally(),
    materialized='incremental',
    on_schema_change=on_schema_change(),
    incremental_strategy='delete+insert',
    unique_key=['entity', 'entity_id']
) }}

with returns as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
),

line_items as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_line_items') }}
),

exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
),

labels as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_labels') }}
),

loop_refunds as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_refunds') }}
),

shipping_notices as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__shipping_notices') }}
),

refunds as (
    select *
    from {{ ref('loop_returns', 'stg_refunds') }}
),

products as (
    select *
    from {{ ref('loop_returns', 'stg_products') }}
),

variants as (
    select *
    from {{ ref('loop_returns', 'stg_product_variants') }}
),

subscription_orders as (
    select *
    from {{ ref('loop_returns', 'stg_subscription_orders') }}
),

reason_mappings as (
    select *
    from {{ ref('return_reason_mappings') }}
),

data_through as (
    select *
    from {{ ref('loop_returns', 'int_data_through') }}
),

refund_lines as (
    select *
    from {{ ref('loop_returns', 'stg_refund_lines') }}
),

adjustments as (
    select *
    from {{ ref('loop_returns', 'stg_order_adjustments') }}
),

parts_of_refunded_orders as (
    select
        order_id,
        {{ row_hash('refunds') }} as part
    from refunds
    where order_id is not null
    union all
    select
        order_id,
        {{ row_hash('refund_lines') }} as part
    from refund_lines
    where order_id is not null
    union all
    select
        order_id,
        {{ row_hash('adjustments') }} as part
    from adjustments
    where order_id is not null
),

-- The version of a return includes all its children.
parts_of_returns as (
    select
        return_id,
        content_hash as part
    from returns
    {% for child in [
        'line_items', 'exchanges', 'labels', 'loop_refunds',
        'shipping_notices',
    ] -%}
    union all
    select
        return_id,
        '{{ child }} ' || {{ row_hash_sum(child) }} as part
    from {{ child }}
    group by return_id
    {% endfor %}
),

current_rows as (
    select
        'return' as entity,
        return_id as entity_id,
        {{ row_hash_sum('parts_of_returns') }} as row_version
    from parts_of_returns
    group by return_id
    union all
    select
        'refunded order' as entity,
        order_id as entity_id,
        {{ row_hash_sum('parts_of_refunded_orders') }} as row_version
    from parts_of_refunded_orders
    group by order_id
    union all
    select
        'subscription order' as entity,
        order_id as entity_id,
        {{ row_hash_sum('subscription_orders') }} as row_version
    from subscription_orders
    where order_id is not null
    group by order_id
    union all
    select
        'product' as entity,
        product_id as entity_id,
        {{ row_hash_sum('products') }} as row_version
    from products
    group by product_id
    union all
    select
        'variant' as entity,
        variant_id as entity_id,
        {{ row_hash_sum('variants') }} as row_version
    from variants
    group by variant_id
    union all
    select
        'reason' as entity,
        parent_return_reason || '|' || coalesce(return_reason, '(no reason)')
            as entity_id,
        {{ row_hash_sum('reason_mappings') }} as row_version
    from reason_mappings
    where parent_return_reason is not null
    group by parent_return_reason, coalesce(return_reason, '(no reason)')
    union all
    -- When loop_period_start_date changes, the old row disappears and a new one
    -- appears; both are changes. Without returns, no order is before it.
    select
        'start of loop' as entity,
        coalesce(
            cast(loop_period_start_date as {{ dbt.type_string() }}),
            '0001-01-01'
        ) as entity_id,
        'now' as row_version
    from data_through
),

final as (
    {% if watermark() -%}
    select
        coalesce(current_rows.entity, known.entity) as entity,
        coalesce(current_rows.entity_id, known.entity_id) as entity_id,
        current_rows.row_version,
        {{ built_at() }} as built_at
    from current_rows
    full outer join {{ this }} as known
        on
            current_rows.entity = known.entity
            and current_rows.entity_id = known.entity_id
    where current_rows.row_version is distinct from known.row_version
    {%- else -%}
    select
        entity,
        entity_id,
        row_version,
        {{ built_at() }} as built_at
    from current_rows
    {%- endif %}
)

select *
from final
