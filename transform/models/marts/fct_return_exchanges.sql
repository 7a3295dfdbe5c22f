{{ incremental_by('loop_return_id') }}

with exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    where {{ is_affected('return_id') }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where {{ is_affected('return_id') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'stg_orders') }}
    where {{ is_affected('order_id') }}
),

orders_by_name as (
    {{ orders_by_name() }}
),

named as (
    select
        exchanges.*,
        coalesce(exchanges.exchange_order_id, orders_by_name.order_id)
            as made_order_id
    from exchanges
    left join orders_by_name
        on
            exchanges.store_id = orders_by_name.store_id
            and exchanges.exchange_order_name = orders_by_name.order_name
),

keyed as (
    select
        *,
        {{ sm_key('store_id', 'made_order_id') }} as exchange_sm_order_key
    from named
),

variants as (
    select *
    from {{ ref('loop_returns', 'stg_product_variants') }}
),

products as (
    select *
    from {{ ref('loop_returns', 'stg_products') }}
),

final as (
    select
        -- ids
        exchanges.return_id as loop_return_id,
        exchanges.exchange_id as loop_exchange_id,
        exchanges.store_id as sm_store_id,
        returns.sm_order_key,
        returns.root_sm_order_key,
        exchanges.made_order_id as exchange_order_id,
        exchanges.exchange_sm_order_key,
        exchanges.product_id,
        exchanges.variant_id,
        -- text
        exchanges.exchange_order_name,
        coalesce(exchanges.sku, variants.sku) as sku,
        -- Loop's title includes the variant's title.
        coalesce(products.product_title, exchanges.product_title)
            as product_title,
        variants.variant_title,
        case
            when
                coalesce(
                    exchanges.exchange_sm_order_key <> coalesce(
                        returns.sm_order_key,
                        {{ sm_key('returns.store_id', 'returns.order_id') }}
                    ),
                    exchanges.exchange_sm_order_key is not null
                )
                then 'separate'
            when
                returns.return_state = 'closed'
                or returns.exchange_processed_at is not null
                then 'native'
            else 'pending'
        end as exchange_kind,
        returns.currency_code,
        -- numerics
        exchanges.price_amount,
        exchanges.discount_amount,
        exchanges.tax_amount,
        exchanges.total_amount,
        -- booleans
        exchanges.is_out_of_stock,
        returns.is_counted_return,
        -- dates
        returns.return_date,
        -- build
        {{ built_at() }} as built_at
    from keyed as exchanges
    inner join returns
        on exchanges.return_id = returns.return_id
    left join variants
        on
            exchanges.store_id = variants.store_id
            and exchanges.variant_id = variants.variant_id
    left join products
        on
            exchanges.store_id = products.store_id
            and exchanges.product_id = products.product_id
)

select *
from final
