{#
    The keys that changes may affect: each order, return and customer that is
    linked, directly or through others, to anything that changed. A row of an
    incremental table depends only on rows linked to its key, so all other rows
    stay unchanged.
#}
{{ append_each_build() }}

{%- set since = watermark() -%}

with recursive

changed as (
    select *
    from {{ ref('loop_returns', 'int_changed_keys') }}
    where
        entity_id is not null
        {% if since -%}
        and built_at > {{ since }}
        {%- else -%}
        and false
        {%- endif %}
),

links_by_id as (
    select *
    from {{ ref('loop_returns', 'int_order_links_by_id') }}
),

links_by_name as (
    select *
    from {{ ref('loop_returns', 'int_order_links_by_name') }}
),

links as (
    select
        'order' as entity,
        order_id as entity_id,
        entity as linked_entity,
        entity_id as linked_id
    from links_by_id
    union all
    select
        entity,
        entity_id,
        'order' as linked_entity,
        order_id as linked_id
    from links_by_id
    union all
    select
        'name' as entity,
        order_name as entity_id,
        entity as linked_entity,
        entity_id as linked_id
    from links_by_name
    union all
    select
        entity,
        entity_id,
        'name' as linked_entity,
        order_name as linked_id
    from links_by_name
),

affected as (
    select
        entity,
        entity_id
    from changed
    union distinct
    select
        links.linked_entity as entity,
        links.linked_id as entity_id
    from affected
    inner join links
        on
            affected.entity = links.entity
            and affected.entity_id = links.entity_id
),

final as (
    select
        case when entity = 'order' then entity_id end as order_id,
        case when entity = 'return' then entity_id end as return_id,
        case when entity = 'order' then {{ sm_key(
            text_literal(var('store_id')), 'entity_id'
        ) }} end as sm_order_key,
        case when entity = 'customer' then entity_id end as customer_id,
        case when entity = 'customer' then {{ sm_key(
            text_literal(var('store_id')), 'entity_id'
        ) }} end as sm_customer_key,
        {{ built_at() }} as built_at
    from affected
    where entity <> 'name'
)

select *
from final
