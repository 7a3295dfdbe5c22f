{{ incremental_by('return_id') }}

{%- set kept_words = ['keep', 'keep item', 'donate', 'donation'] -%}

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
    select
        return_id,
        1 as returned_units,
        case
            when line_outcome_raw in {{ text_list(kept_words) }} then 1
            else 0
        end as kept_units,
        line_refund_amount,
        abs(price_amount) - discount_amount as line_net_amount,
        tax_amount as line_tax_amount,
        0 as exchanged_units,
        0 as exchange_orders,
        cast(null as {{ type_money() }}) as label_cost,
        0 as refunds
    from line_items
    union all
    select
        return_id,
        0 as returned_units,
        0 as kept_units,
        0 as line_refund_amount,
        0 as line_net_amount,
        0 as line_tax_amount,
        1 as exchanged_units,
        case when exchange_order_id is null then 0 else 1 end
            as exchange_orders,
        cast(null as {{ type_money() }}) as label_cost,
        0 as refunds
    from exchanges
    union all
    select
        return_id,
        0 as returned_units,
        0 as kept_units,
        0 as line_refund_amount,
        0 as line_net_amount,
        0 as line_tax_amount,
        0 as exchanged_units,
        0 as exchange_orders,
        label_cost,
        0 as refunds
    from labels
    union all
    select
        return_id,
        0 as returned_units,
        0 as kept_units,
        0 as line_refund_amount,
        0 as line_net_amount,
        0 as line_tax_amount,
        0 as exchanged_units,
        0 as exchange_orders,
        cast(null as {{ type_money() }}) as label_cost,
        1 as refunds
    from refunds
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
