{{ incremental_by('return_id', on_bigquery='view') }}

{#-
    Columns of each entry: entry type, account class, amount, time in Loop, time
    in Shopify.
-#}
{%- set of_returns = [
    ('shipping', 'shipping_income', 'shipping_amount',
        'refunded_at', 'shopify_refunded_at'),
    ('shipping_tax', 'tax_payable', 'shipping_tax_amount',
        'refunded_at', 'shopify_refunded_at'),
    ('refund', 'payments',
        'coalesce(refund_to_store_credit, 0) - refund_amount',
        'refunded_at', 'shopify_refunded_at'),
    ('refund', 'store_credit', '-refund_to_store_credit',
        'refunded_at', 'shopify_refunded_at'),
    ('shipping_refund', 'payments',
        'coalesce(shipping_to_store_credit, 0) - shipping_beside_refund',
        'refunded_at', 'shopify_refunded_at'),
    ('shipping_refund', 'store_credit', '-shipping_to_store_credit',
        'refunded_at', 'shopify_refunded_at'),
    ('store_credit_issued', 'store_credit', '-gift_card_amount',
        'credited_at', 'shopify_credited_at'),
    ('bonus_on_store_credit', 'bonus_credit', 'bonus_credit_on_gift_card',
        'credited_at', 'shopify_credited_at'),
    ('bonus_on_exchange', 'bonus_credit', 'bonus_credit_on_exchange',
        'exchanged_at', 'shopify_exchanged_at'),
    ('upsell', 'payments_outside_shopify', 'upsell_amount',
        'exchanged_at', none),
    ('handling_fee', 'return_fees', '-handling_fee',
        'coalesce(refunded_at, credited_at, goods_returned_at)',
        'shopify_refunded_at'),
    ('handling_fee', 'payments_outside_shopify', 'handling_fee_charged',
        'coalesce(refunded_at, credited_at, goods_returned_at)',
        none),
    ('label_cost', 'label_expense', 'label_cost', 'first_event_at', none),
    ('label_cost', 'label_payable', '-label_cost', 'first_event_at', none),
] -%}
{%- set of_units = [
    ('goods', 'sales_returns', 'net_amount + discount_amount'),
    ('discount', 'sales_discounts', '-discount_amount'),
    ('tax', 'tax_payable', 'tax_amount'),
    ('keep_item_write_off', 'goods_written_off',
        'case when is_kept then net_amount end'),
    ('keep_item_write_off', 'sales_returns',
        'case when is_kept then -net_amount end'),
] -%}
{%- set of_exchanges = [
    ('exchange_goods', 'exchange_sales',
        'case when is_tax_in_price then tax_amount else 0 end - price_amount'),
    ('exchange_discount', 'sales_discounts', 'discount_amount'),
    ('exchange_tax', 'tax_payable', '-tax_amount'),
] -%}

with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_booked') }}
    where {{ is_affected('return_id') }}
),

return_lines as (
    select *
    from {{ ref('loop_returns', 'int_return_lines') }}
    where {{ is_affected('return_id') }}
),

return_exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    where {{ is_affected('return_id') }}
),

units as (
    select
        return_lines.return_id,
        return_lines.return_line_item_id,
        return_lines.net_amount,
        return_lines.discount_amount,
        return_lines.tax_amount,
        return_lines.is_kept,
        returns.goods_returned_at,
        returns.shopify_refunded_at
    from return_lines
    inner join returns
        on return_lines.return_id = returns.return_id
    where returns.goods_returned_at is not null
),

exchange_items as (
    select
        return_exchanges.return_id,
        return_exchanges.exchange_id,
        return_exchanges.price_amount,
        return_exchanges.discount_amount,
        return_exchanges.tax_amount,
        return_exchanges.total_amount
        = return_exchanges.price_amount - return_exchanges.discount_amount
            as is_tax_in_price,
        returns.exchanged_at,
        returns.shopify_exchanged_at
    from return_exchanges
    inner join returns
        on return_exchanges.return_id = returns.return_id
    where returns.exchanged_at is not null
),

entries as (
    {% for entry_type, account_class, amount, at, shopify_at in of_returns -%}
    select
        return_id,
        '{{ entry_type }}' as entry_type,
        '{{ account_class }}' as account_class,
        'returns' as source_table,
        return_id as source_id,
        {{ amount }} as amount,
        {{ at }} as loop_at,
        {% if shopify_at -%}
        {{ shopify_at }} as shopify_at
        {%- else -%}
        cast(null as {{ dbt.type_timestamp() }}) as shopify_at
        {%- endif %}
    from returns
    union all
    {% endfor -%}
    {% for entry_type, account_class, amount in of_units -%}
    select
        return_id,
        '{{ entry_type }}' as entry_type,
        '{{ account_class }}' as account_class,
        'return_line_items' as source_table,
        return_line_item_id as source_id,
        {{ amount }} as amount,
        goods_returned_at as loop_at,
        shopify_refunded_at as shopify_at
    from units
    union all
    {% endfor -%}
    {% for entry_type, account_class, amount in of_exchanges -%}
    select
        return_id,
        '{{ entry_type }}' as entry_type,
        '{{ account_class }}' as account_class,
        'return_exchanges' as source_table,
        exchange_id as source_id,
        {{ amount }} as amount,
        exchanged_at as loop_at,
        shopify_exchanged_at as shopify_at
    from exchange_items
    {{ "union all" if not loop.last }}
    {% endfor -%}
),

happened as (
    select *
    from entries
    where
        amount <> 0
        and loop_at is not null
),

-- The balance of an incomplete return belongs to parts that are still to come;
-- the balance of a complete one shows that Loop's amounts do not add up.
left_over as (
    select
        returns.return_id,
        case
            when returns.is_complete then 'loop_difference' else 'to_come'
        end as entry_type,
        case
            when not returns.is_complete then 'returns_clearing'
            when
                {{ is_rounding(
                    'sum(happened.amount)', 'returns.currency_code'
                ) }}
                then 'rounding'
            else 'suspense'
        end as account_class,
        'returns' as source_table,
        returns.return_id as source_id,
        -sum(happened.amount) as amount,
        returns.first_event_at as loop_at,
        cast(null as {{ dbt.type_timestamp() }}) as shopify_at
    from returns
    inner join happened
        on returns.return_id = happened.return_id
    group by
        returns.return_id, returns.currency_code, returns.is_complete,
        returns.first_event_at
    having sum(happened.amount) <> 0
),

balanced as (
    select * from happened
    union all
    select * from left_over
),

final as (
    select
        returns.store_id || '/' || balanced.return_id || '/'
        || balanced.entry_type || '/' || balanced.account_class || '/'
        || balanced.source_id as ledger_entry_key,
        balanced.return_id,
        returns.store_id,
        returns.sm_order_key,
        returns.order_id,
        returns.order_name,
        balanced.entry_type,
        balanced.account_class,
        returns.currency_code,
        case
            when balanced.account_class = 'payments'
                then returns.payment_gateway
        end as payment_gateway,
        balanced.source_table,
        balanced.source_id,
        cast(balanced.amount as {{ type_money() }}) as amount,
        {{ local_date('balanced.loop_at') }} as loop_date,
        {{ local_date('balanced.shopify_at') }} as shopify_date,
        balanced.loop_at as loop_occurred_at,
        balanced.shopify_at as shopify_booked_at,
        {{ built_at() }} as built_at
    from balanced
    inner join returns
        on balanced.return_id = returns.return_id
)

select *
from final
