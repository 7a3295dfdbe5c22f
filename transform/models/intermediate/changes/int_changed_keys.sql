{#
    Orders and returns that changed, or whose products, variants, payments,
    refunds, subscriptions or reason mappings changed, or that a change of
    loop_period_start_date affects. The staging models add the orders that were
    deleted from the raw tables, and the orders of deleted payments
    (delete_lost_rows).
#}
{{ append_each_build() }}

{%- set since = watermark() -%}

with versions as (
    select *
    from {{ ref('loop_returns', 'int_row_versions') }}
    {% if since -%}
    where built_at > {{ since }}
    {%- else -%}
    where false
    {%- endif %}
),

orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
),

payments as (
    select *
    from {{ ref('loop_returns', 'stg_order_payments') }}
),

order_lines as (
    select *
    from {{ ref('loop_returns', 'stg_order_lines') }}
),

line_items as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_line_items') }}
),

exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
),

products as (
    select entity_id as product_id
    from versions
    where entity = 'product'
),

variants as (
    select entity_id as variant_id
    from versions
    where entity = 'variant'
),

starts_of_loop as (
    select
        min(cast(entity_id as date)) as first_date,
        max(cast(entity_id as date)) as last_date
    from versions
    where entity = 'start of loop'
    having count(*) > 0
),

changed as (
    {% if since -%}
    select
        'order' as entity,
        order_id as entity_id
    from orders
    where built_at > {{ since }}
    union all
    select
        'order' as entity,
        order_id as entity_id
    from payments
    where built_at > {{ since }}
    union all
    {% endif -%}
    select
        'order' as entity,
        entity_id
    from versions
    where entity in ('refunded order', 'subscription order')
    union all
    select
        'return' as entity,
        entity_id
    from versions
    where entity = 'return'
    union all
    select
        'order' as entity,
        order_id as entity_id
    from order_lines
    where
        product_id in (
            select products.product_id
            from products
        )
    union all
    select
        'return' as entity,
        return_id as entity_id
    from line_items
    where
        product_id in (
            select products.product_id
            from products
        )
        or parent_return_reason || '|' || coalesce(return_reason, '(no reason)')
        in (
            select versions.entity_id
            from versions
            where versions.entity = 'reason'
        )
    union all
    select
        'return' as entity,
        return_id as entity_id
    from exchanges
    where
        product_id in (
            select products.product_id
            from products
        )
        or variant_id in (
            select variants.variant_id
            from variants
        )
    union all
    select
        'order' as entity,
        orders.order_id as entity_id
    from orders
    inner join starts_of_loop
        on
            {{ local_date(
                'coalesce(orders.processed_at, orders.created_at)'
            ) }} between starts_of_loop.first_date
            and starts_of_loop.last_date
),

final as (
    select distinct
        'int_changed_keys' as changed_by,
        entity,
        entity_id,
        {{ built_at() }} as built_at
    from changed
    where entity_id is not null
)

select *
from final
