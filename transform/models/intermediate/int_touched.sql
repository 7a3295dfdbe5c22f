{#
    What a change may have reached: each order, return and customer that hangs
    together with anything that changed. A row of an amended table is made of
    what hangs together with its key, so all other rows stay as they are.
#}
{{ added_to_by_each_build() }}

{%- set since = last_built_at(this) if is_incremental() else none -%}

with recursive

changed as (
    select *
    from {{ ref('int_changed') }}
    where
        entity_id is not null
        {% if since -%}
        and built_at > {{ since }}
        {%- else -%}
        and false
        {%- endif %}
),

tied_by_id as (
    select *
    from {{ ref('int_orders_tied_by_id') }}
),

tied_by_name as (
    select *
    from {{ ref('int_orders_tied_by_name') }}
),

ties as (
    select
        'order' as entity,
        order_id as entity_id,
        entity as tied_entity,
        entity_id as tied_id
    from tied_by_id
    union all
    select
        entity,
        entity_id,
        'order' as tied_entity,
        order_id as tied_id
    from tied_by_id
    union all
    select
        'name' as entity,
        order_name as entity_id,
        entity as tied_entity,
        entity_id as tied_id
    from tied_by_name
    union all
    select
        entity,
        entity_id,
        'name' as tied_entity,
        order_name as tied_id
    from tied_by_name
),

reached as (
    select
        entity,
        entity_id
    from changed
    union distinct
    select
        ties.tied_entity as entity,
        ties.tied_id as entity_id
    from reached
    inner join ties
        on
            reached.entity = ties.entity
            and reached.entity_id = ties.entity_id
),

final as (
    select
        case when entity = 'order' then entity_id end as order_id,
        case when entity = 'return' then entity_id end as return_id,
        case when entity = 'order' then {{ sm_key(
            "'" ~ var('store_id') ~ "'", 'entity_id'
        ) }} end as sm_order_key,
        case when entity = 'customer' then entity_id end as customer_id,
        case when entity = 'customer' then {{ sm_key(
            "'" ~ var('store_id') ~ "'", 'entity_id'
        ) }} end as sm_customer_key,
        {{ built_at() }} as built_at
    from reached
    where entity <> 'name'
    union all
    -- So that the next build knows of this one, whatever it reached.
    select
        cast(null as {{ dbt.type_string() }}) as order_id,
        cast(null as {{ dbt.type_string() }}) as return_id,
        cast(null as {{ dbt.type_string() }}) as sm_order_key,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        cast(null as {{ dbt.type_string() }}) as sm_customer_key,
        {{ built_at() }} as built_at
)

select *
from final
