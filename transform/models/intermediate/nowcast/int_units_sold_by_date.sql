{%- set keys = [
    'order_date', 'order_month_date', 'currency_code', 'order_channel',
    'product_key', 'sku', 'variant_id', 'product_title', 'product_category'
] -%}
with order_lines as (
    select
        lines.*,
        {{ product_key('lines') }} as product_key
    from {{ ref('loop_returns', 'int_order_lines_returned') }} as lines
    where lines.sm_order_line_key is not null
),

final as (
    select
        {{ keys | join(',\n        ') }},
        {{ sum_of_units('sold_units') }} as sold_units,
        {{ sum_of_money('sold_amount') }} as sold_amount,
        {{ sum_of_units('exchange_added_units') }} as exchange_added_units,
        {{ count_if('is_only_line_of_item and sold_units > 0') }}
            as only_lines
    from order_lines
    group by {{ keys | join(', ') }}
)

select *
from final
