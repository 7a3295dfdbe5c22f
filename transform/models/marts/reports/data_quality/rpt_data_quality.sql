{#- Columns: check, table, id of the row, condition. -#}
{%- set rules = [
    ('raw_table_missing', 'raw_tables', "source_name || '.' || table_name",
        'not is_loaded and not is_optional'),
    ('unknown_return_state', 'returns', 'loop_return_id',
        "return_state is null or return_state not in "
        ~ "('open', 'closed', 'cancelled', 'expired', 'review')"),
    ('unknown_outcome_word', 'returns', 'loop_return_id',
        'not is_outcome_word_known'),
    ('outcome_without_group', 'returns', 'loop_return_id',
        "is_counted_return and outcome_group = 'none' "
        ~ "and return_outcome is not null"),
    ('return_before_its_order', 'returns', 'loop_return_id',
        'is_before_its_order'),
    ('return_without_order', 'returns', 'loop_return_id',
        'not is_order_matched'),
    ('amounts_do_not_add_up', 'returns', 'loop_return_id',
        'is_counted_return and abs(identity_difference '
        ~ '+ bonus_credit_on_exchange + bonus_credit_on_gift_card) > 0.02'),
    ('unit_over_line_quantity', 'return_lines', 'loop_return_id',
        'is_over_line_quantity'),
    ('unit_without_order_line', 'return_lines', 'loop_return_id',
        "line_link_method = 'none' and sm_order_key is not null"),
    ('negative_line_price', 'return_lines', 'loop_return_id',
        'is_price_negative'),
    ('line_outcome_unresolved', 'return_lines', 'loop_return_id',
        "is_counted_return and line_outcome = 'unresolved'"),
    ('exchange_order_without_origin', 'orders', 'order_id',
        'is_lineage_unlinked'),
    ('shopify_refund_differs', 'returns', 'loop_return_id',
        'is_realised_return and abs(refund_variance) > 0.02'),
    ('return_without_date', 'returns', 'loop_return_id',
        'return_created_at is null'),
    ('order_without_date', 'orders', 'order_id', 'order_date is null'),
    ('currency_unknown', 'returns', 'loop_return_id', 'currency_code is null'),
    ('currency_unknown', 'orders', 'order_id', 'currency_code is null'),
    ('reason_without_mapping', 'reasons',
        "parent_return_reason || ' / ' || return_reason",
        "not is_mapped and parent_return_reason <> '(no reason)' "
        ~ "and is_mapping_in_use"),
] -%}

with returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
),

return_lines as (
    select *
    from {{ ref('loop_returns', 'fct_return_lines') }}
),

orders as (
    select *
    from {{ ref('loop_returns', 'fct_orders') }}
),

raw_tables as (
    select *
    from {{ ref('loop_returns', 'stg_raw_tables') }}
),

-- If no reason has a mapping, no reason is reported.
reasons as (
    select
        *,
        max(case when is_mapped then 1 else 0 end) over () = 1
            as is_mapping_in_use
    from {{ ref('loop_returns', 'dim_return_reasons') }}
),

checks as (
    {% for check_name, table, example_id, condition in rules -%}
    select
        '{{ check_name }}' as check_name,
        {{ example_id }} as example_id
    from {{ table }}
    where {{ condition }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

counted as (
    select
        check_name,
        count(*) as row_count,
        min(example_id) as example_id
    from checks
    group by check_name
    union all
    select
        'row_without_key' as check_name,
        sum(row_without_key_count) as row_count,
        min(source_name || '.' || table_name) as example_id
    from raw_tables
    where row_without_key_count > 0
    having sum(row_without_key_count) > 0
),

final as (
    select
        check_name,
        cast(row_count as {{ dbt.type_bigint() }}) as row_count,
        example_id
    from counted
)

select *
from final
