with returns as (
    select *
    from {{ ref('fct_returns') }}
),

return_lines as (
    select *
    from {{ ref('fct_return_lines') }}
),

orders as (
    select *
    from {{ ref('fct_orders') }}
),

checks as (
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
            identity_difference + bonus_credit_on_gift_card
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
),

final as (
    select
        check_name,
        count(*) as row_count,
        min(example_id) as example_id
    from checks
    group by check_name
)

select *
from final
