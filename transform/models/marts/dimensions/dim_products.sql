with products as (
    select *
    from {{ ref('loop_returns', 'stg_products') }}
),

variants as (
    select *
    from {{ ref('loop_returns', 'stg_product_variants') }}
),

order_lines as (
    select *
    from {{ ref('loop_returns', 'int_order_lines') }}
    where product_id is not null
),

return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where product_id is not null
),

variant_counts as (
    select
        store_id,
        product_id,
        count(*) as variant_count
    from variants
    group by store_id, product_id
),

mentions as (
    select
        store_id,
        product_id,
        max(product_title) as ordered_title,
        cast(null as {{ dbt.type_string() }}) as returned_title,
        max(vendor) as vendor
    from order_lines
    group by store_id, product_id
    union all
    select
        store_id,
        product_id,
        cast(null as {{ dbt.type_string() }}) as ordered_title,
        max(product_title) as returned_title,
        max(vendor) as vendor
    from return_lines
    group by store_id, product_id
),

-- Deleted products are taken from orders and returns. Loop's title includes the
-- variant's title.
deleted as (
    select
        mentions.store_id,
        mentions.product_id,
        coalesce(max(mentions.ordered_title), max(mentions.returned_title))
            as product_title,
        max(mentions.vendor) as vendor
    from mentions
    left join products
        on
            mentions.store_id = products.store_id
            and mentions.product_id = products.product_id
    where products.product_id is null
    group by mentions.store_id, mentions.product_id
),

known as (
    select
        store_id,
        product_id,
        product_title,
        nullif(trim(product_type), '') as product_type,
        vendor,
        category_name,
        status,
        true as is_in_shop
    from products
    union all
    select
        store_id,
        product_id,
        product_title,
        cast(null as {{ dbt.type_string() }}) as product_type,
        vendor,
        cast(null as {{ dbt.type_string() }}) as category_name,
        cast(null as {{ dbt.type_string() }}) as status,
        false as is_in_shop
    from deleted
),

final as (
    select
        -- ids
        known.product_id,
        known.store_id as sm_store_id,
        -- text
        known.product_title,
        coalesce(known.product_type, '(none)') as product_category,
        known.category_name as shopify_category,
        known.vendor,
        known.status as product_status,
        -- numerics
        cast(
            coalesce(variant_counts.variant_count, 0)
            as {{ dbt.type_bigint() }}
        ) as variant_count,
        -- booleans
        {{ is_merchandise_type('known.product_type', 'known.product_title') }}
            as is_merchandise,
        known.is_in_shop
    from known
    left join variant_counts
        on
            known.store_id = variant_counts.store_id
            and known.product_id = variant_counts.product_id
)

select *
from final
