{{ incremental_by('return_id') }}

{%- set sums = {
    'goods_amount': "entry_type in ('goods', 'discount', 'tax')",
    'shipping_amount': "entry_type in ('shipping', 'shipping_tax')",
    'refund_amount': "entry_type in ('refund', 'shipping_refund')",
    'store_credit_amount': "entry_type = 'store_credit_issued'",
    'exchange_amount': "entry_type in ('exchange_goods', 'exchange_tax')",
    'exchange_goods_amount': "entry_type = 'exchange_goods'",
    'exchange_discount_amount': "entry_type = 'exchange_discount'",
    'upsell_amount': "entry_type = 'upsell'",
    'handling_fee_amount': "account_class = 'return_fees'",
    'outside_shopify_amount': "account_class = 'payments_outside_shopify'",
    'loop_difference_amount': "entry_type = 'loop_difference'",
} -%}
{%- set dates = {
    'goods_date': "entry_type in ('goods', 'discount', 'tax')",
    'refund_date': "entry_type in ('refund', 'shipping_refund')",
    'store_credit_date': "entry_type = 'store_credit_issued'",
    'exchange_date': "entry_type in ('exchange_goods', 'upsell')",
    'outside_shopify_date': "account_class = 'payments_outside_shopify'",
} -%}

with entries as (
    select *
    from {{ ref('loop_returns', 'int_ledger_entries') }}
    where {{ is_affected('return_id') }}
),

final as (
    select
        return_id,
        store_id,
        order_id,
        {% for name, condition in sums.items() -%}
        {{ sum_of_money('case when ' ~ condition ~ ' then amount else 0 end') }}
            as {{ name }},
        {% endfor -%}
        {% for name, condition in dates.items() -%}
        min(case when {{ condition }} then loop_date end) as {{ name }},
        {% endfor -%}
        currency_code,
        {{ built_at() }} as built_at
    from entries
    group by return_id, store_id, order_id, currency_code
)

select *
from final
