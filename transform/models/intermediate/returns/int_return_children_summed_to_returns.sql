{{ incremental_by('return_id', on_bigquery='view') }}

{%- set kept_words = ['keep', 'keep item', 'donate', 'donation'] -%}
{#-
    Each measure with its table and its value in a row of that table; it is 0 in
    rows of the other tables.
-#}
{%- set measures = {
    'returned_units': ('line_items', '1'),
    'kept_units': (
        'line_items',
        'case when line_outcome_raw in ' ~ text_list(kept_words)
        ~ ' then 1 else 0 end'
    ),
    'line_refund_amount': ('line_items', 'line_refund_amount'),
    'line_net_amount': ('line_items', 'abs(price_amount) - discount_amount'),
    'line_tax_amount': ('line_items', 'tax_amount'),
    'exchanged_units': ('exchanges', '1'),
    'exchange_orders': (
        'exchanges', 'case when exchange_order_id is null then 0 else 1 end'
    ),
    'refunds': ('refunds', '1'),
} -%}

with line_items as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_line_items') }}
    where {{ is_affected('return_id') }}
),

exchanges as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_exchanges') }}
    where {{ is_affected('return_id') }}
),

labels as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_labels') }}
    where {{ is_affected('return_id') }}
),

refunds as (
    select *
    from {{ ref('loop_returns', 'stg_loop_returns__return_refunds') }}
    where {{ is_affected('return_id') }}
),

children as (
    {% for child in ['line_items', 'exchanges', 'labels', 'refunds'] -%}
    select
        return_id,
        {% for name, (table, value) in measures.items() -%}
        {{ value if table == child else '0' }} as {{ name }},
        {% endfor -%}
        {{ 'label_cost' if child == 'labels'
            else 'cast(null as ' ~ type_money() ~ ')' }} as label_cost
    from {{ child }}
    {{ "union all" if not loop.last }}
    {% endfor -%}
),

final as (
    select
        return_id,
        {{ sum_of_units('returned_units') }} as returned_unit_count,
        {{ sum_of_units('kept_units') }} as kept_unit_count,
        {{ sum_of_money('line_refund_amount') }} as line_refund_amount,
        {{ sum_of_money('line_net_amount') }} as line_net_amount,
        {{ sum_of_money('line_tax_amount') }} as line_tax_amount,
        {{ sum_of_units('exchanged_units') }} as exchanged_unit_count,
        {{ sum_of_units('exchange_orders') }} as exchange_order_item_count,
        {{ sum_of_money('label_cost') }} as label_cost,
        {{ sum_of_units('refunds') }} as refund_count,
        {{ built_at() }} as built_at
    from children
    group by return_id
)

select *
from final
