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

reasons as (
    select
        *,
        max(case when is_mapped then 1 else 0 end) over () = 1
            as is_mapping_in_use
    from {{ ref('loop_returns', 'dim_return_reasons') }}
),

checks as (
    select
        'raw_table_missing' as check_name,
        source_name || '.' || table_name as example_id
    from raw_tables
    where not is_loaded and not is_optional
    union all
    select
        'unknown_return_state' as check_name,
        loop_return_id as example_id
    from returns
    where
        return_state is null
        or return_state
        not in ('open', 'closed', 'cancelled', 'expired', 'review')
    union all
    select
        'unknown_outcome_word' as check_name,
        loop_return_id as example_id
    from returns
    where not is_outcome_word_known
    union all
    select
        'outcome_without_group' as check_name,
        loop_return_id as example_id
    from returns
    where
        is_counted_return
        and outcome_group = 'none'
        and return_outcome is not null
    union all
    select
        'return_before_its_order' as check_name,
        loop_return_id as example_id
    from returns
    where is_before_its_order
    union all
    select
        'return_without_order' as check_name,
        loop_return_id as example_id
    from returns
    where not is_order_matched
    union all
    select
        'amounts_do_not_add_up' as check_name,
        loop_return_id as example_id
    from returns
    where
        is_counted_return
        and abs(
            identity_difference
            + bonus_credit_on_exchange
            + bonus_credit_on_gift_card
        ) > 0.02
    union all
    select
        'unit_over_line_quantity' as check_name,
        loop_return_id as example_id
    from return_lines
    where is_over_line_quantity
    union all
    select
        'unit_without_order_line' as check_name,
        loop_return_id as example_id
    from return_lines
    where
        line_link_method = 'none'
        and sm_order_key is not null
    union all
    select
        'negative_line_price' as check_name,
        loop_return_id as example_id
    from return_lines
    where is_price_negative
    union all
    select
        'line_outcome_unresolved' as check_name,
        loop_return_id as example_id
    from return_lines
    where is_counted_return and line_outcome = 'unresolved'
    union all
    select
        'exchange_order_without_origin' as check_name,
        order_id as example_id
    from orders
    where is_lineage_unlinked
    union all
    select
        'shopify_refund_differs' as check_name,
        loop_return_id as example_id
    from returns
    where is_realised_return and abs(refund_variance) > 0.02
    union all
    select
        'return_without_date' as check_name,
        loop_return_id as example_id
    from returns
    where return_created_at is null
    union all
    select
        'order_without_date' as check_name,
        order_id as example_id
    from orders
    where order_date is null
    union all
    select
        'currency_unknown' as check_name,
        loop_return_id as example_id
    from returns
    where currency_code is null
    union all
    select
        'currency_unknown' as check_name,
        order_id as example_id
    from orders
    where currency_code is null
    union all
    -- If no reason has a mapping, no reason is reported.
    select
        'reason_without_mapping' as check_name,
        parent_return_reason || ' / ' || return_reason as example_id
    from reasons
    where
        not is_mapped
        and parent_return_reason <> '(no reason)'
        and is_mapping_in_use
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
