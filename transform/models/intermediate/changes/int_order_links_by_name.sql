{#
    Which orders and returns have or mention the same order name, where no id
    links them. Links are never removed, as in int_order_links_by_id.
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
),

changed_orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
    {% if since -%}
    where built_at > {{ since }}
    {%- endif %}
),

-- All of them: the order of an unchanged return may have been deleted.
returns as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__returns') }}
),

exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    where
        return_id in (
            select versions.entity_id
            from versions
            where versions.entity = 'return'
        )
),

said as (
    select
        'return' as entity,
        returns.return_id as entity_id,
        returns.order_name
    from returns
    left join orders
        on returns.order_id = orders.order_id
    where orders.order_id is null
    union all
    select
        'return' as entity,
        return_id as entity_id,
        exchange_order_name as order_name
    from exchanges
    where exchange_order_id is null
    union all
    -- The name of the original order, read from the name of an exchange order.
    {% for without_counter in [false, true] -%}
    {% set outer = loop -%}
    {% for sign in ["'#' || ", ""] -%}
    select
        'order' as entity,
        order_id as entity_id,
        {{ sign }}{{ name_after_exchange_prefix(
            'order_name', without_counter
        ) }} as order_name
    from changed_orders
    {{ "union all" if not (loop.last and outer.last) }}
    {% endfor -%}
    {% endfor -%}
),

borne as (
    select
        'order' as entity,
        order_id as entity_id,
        order_name
    from orders
    where
        order_name in (
            select said.order_name
            from said
        )
    {% if since -%}
    union all
    select
        'order' as entity,
        order_id as entity_id,
        order_name
    from changed_orders
    where
        order_name in (
            select known.order_name
            from {{ this }} as known
        )
    {%- endif %}
),

links as (
    select * from said
    union distinct
    select * from borne
),

{% if since -%}
known as (
    select *
    from {{ this }}
    where
        order_name in (
            select links.order_name
            from links
        )
),

{% endif -%}
final as (
    select
        links.order_name,
        links.entity,
        links.entity_id,
        {{ built_at() }} as built_at
    from links
    {% if since -%}
    left join known
        on
            links.order_name = known.order_name
            and links.entity = known.entity
            and links.entity_id = known.entity_id
    {%- endif %}
    where
        links.order_name is not null
        {%- if since %}
        and known.entity_id is null
        {%- endif %}
)

select *
from final
