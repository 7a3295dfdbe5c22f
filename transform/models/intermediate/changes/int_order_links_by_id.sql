{#
    Which orders are linked to which returns and customers by an id. Links are
    never removed: a return that moves to another order affects both orders.
#}
{{ append_each_build() }}

{%- set since = watermark() -%}

with versions as (
    select *
    from {{ ref('loop_returns', 'int_row_versions') }}
    {% if since -%}
    where built_at > {{ since }}
    {%- endif %}
),

orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
    {% if since -%}
    where built_at > {{ since }}
    {%- endif %}
),

order_lines as (
    select *
    from {{ ref('loop_returns', 'stg_order_lines') }}
),

refunds as (
    select *
    from {{ ref('loop_returns', 'stg_refunds') }}
),

-- Every order, order line and refund that a return names.
said as (
    select
        return_id,
        order_id,
        cast(null as {{ dbt.type_string() }}) as order_line_id,
        cast(null as {{ dbt.type_string() }}) as refund_id
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
    union all
    select
        return_id,
        gift_card_order_id as order_id,
        null as order_line_id,
        null as refund_id
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
    union all
    select
        return_id,
        exchange_order_id as order_id,
        null as order_line_id,
        null as refund_id
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    union all
    select
        return_id,
        null as order_id,
        order_line_id,
        null as refund_id
    from {{ ref('loop_returns', 'stg_loop_returns__return_line_items') }}
    union all
    select
        return_id,
        null as order_id,
        null as order_line_id,
        refund_id
    from {{ ref('loop_returns', 'stg_loop_returns__return_refunds') }}
),

said_anew as (
    select *
    from said
    where
        return_id in (
            select versions.entity_id
            from versions
            where versions.entity = 'return'
        )
),

returns_to_orders as (
    select
        return_id,
        order_id
    from said_anew
    where order_id is not null
    union all
    select
        said_anew.return_id,
        order_lines.order_id
    from said_anew
    inner join order_lines
        on said_anew.order_line_id = order_lines.order_line_id
    union all
    select
        said_anew.return_id,
        refunds.order_id
    from said_anew
    inner join refunds
        on said_anew.refund_id = refunds.refund_id
    {% if since -%}
    -- An order or a refund may be loaded after the return that names it.
    union all
    select
        said.return_id,
        order_lines.order_id
    from said
    inner join order_lines
        on said.order_line_id = order_lines.order_line_id
    where
        order_lines.order_id in (
            select orders.order_id
            from orders
        )
    union all
    select
        said.return_id,
        refunds.order_id
    from said
    inner join refunds
        on said.refund_id = refunds.refund_id
    where
        refunds.order_id in (
            select versions.entity_id
            from versions
            where versions.entity = 'refunded order'
        )
    {%- endif %}
),

links as (
    select
        order_id,
        'return' as entity,
        return_id as entity_id
    from returns_to_orders
    union distinct
    select
        order_id,
        'customer' as entity,
        customer_id as entity_id
    from orders
    where customer_id is not null
),

{% if since -%}
known as (
    select *
    from {{ this }}
    where
        order_id in (
            select links.order_id
            from links
        )
),

{% endif -%}
final as (
    select
        links.order_id,
        links.entity,
        links.entity_id,
        {{ built_at() }} as built_at
    from links
    {% if since -%}
    left join known
        on
            links.order_id = known.order_id
            and links.entity = known.entity
            and links.entity_id = known.entity_id
    where known.order_id is null
    {%- endif %}
)

select *
from final
