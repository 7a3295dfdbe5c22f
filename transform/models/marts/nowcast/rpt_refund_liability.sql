{#-
    Refunds and store credit that are owed at each month end for goods sold: for
    returns that were requested and not settled, and for returns still to come.
    The re-estimate is the balancing item of the roll-forward.
-#}
{%- set entry_types = {
    'refund': ['refund', 'shipping_refund'],
    'credit': ['store_credit_issued'],
    'exchange': [
        'exchange_goods', 'exchange_discount', 'exchange_tax', 'upsell'
    ],
} -%}
{%- set cost_share = var('goods_cost_share') -%}
{%- set cost_share = 'null' if cost_share is none else cost_share -%}
{%- set amounts = [
    'closing_refund', 'closing_credit', 'closing_requested',
    'expected_exchange', 'used_refund', 'used_credit', 'used_since'
] -%}
with ledger as (
    select *
    from {{ ref('loop_returns', 'fct_return_ledger') }}
    where
        entry_type
        in {{ text_list(entry_types.values() | sum(start=[])) }}
),

returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
),

owed as (
    select *
    from {{ ref('loop_returns', 'int_returns_owed') }}
),

expected as (
    select *
    from {{ ref('loop_returns', 'int_refunds_expected') }}
),

cost_shares as (
    select *
    from {{ ref('loop_returns', 'int_goods_cost_shares') }}
),

dates as (
    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date) as previous_date,
        max(as_of_date) over () as last_date
    from expected
    group by as_of_date
),

-- Amounts that are not paid yet have no posting date.
posted as (
    select
        loop_return_id as return_id,
        currency_code,
        {% for outcome, types in entry_types.items() -%}
        case
            when entry_type in {{ text_list(types) }}
                then -amount
            else 0
        end as {{ outcome }}_amount,
        {% endfor -%}
        posting_date
    from ledger
    union all
    select
        return_id,
        currency_code,
        refund_amount,
        credit_amount,
        exchange_amount,
        cast(null as date) as posting_date
    from owed
),

settled as (
    select
        returns.root_order_month_date as order_month_date,
        posted.currency_code,
        returns.return_date,
        posted.posting_date,
        sum(posted.refund_amount) as refund_amount,
        sum(posted.credit_amount) as credit_amount,
        sum(posted.exchange_amount) as exchange_amount
    from posted
    left join returns
        on posted.return_id = returns.return_id
    group by 1, 2, 3, 4
),

dated as (
    select
        settled.*,
        dates.as_of_date,
        coalesce(
            settled.return_date <= dates.as_of_date
            and coalesce(settled.posting_date > dates.as_of_date, true), false
        ) as is_owed,
        coalesce(
            settled.posting_date > dates.previous_date
            and settled.posting_date <= dates.as_of_date, false
        ) as is_used,
        -- The date of a sale without an order is unknown, so the date of its
        -- return decides.
        coalesce(
            settled.posting_date > dates.as_of_date
            and settled.posting_date <= dates.last_date
            and (
                settled.order_month_date is not null
                or settled.return_date <= dates.as_of_date
            ), false
        ) as is_used_since
    from settled
    cross join dates
),

parts as (
    select
        as_of_date,
        order_month_date,
        currency_code,
        cast(null as {{ type_ratio() }}) as goods_share,
        cast(null as {{ type_ratio() }}) as other_goods_share,
        case when is_owed then refund_amount else 0 end as closing_refund,
        case when is_owed then credit_amount else 0 end as closing_credit,
        case when is_owed then refund_amount + credit_amount else 0 end
            as closing_requested,
        case when is_owed then exchange_amount else 0 end as expected_exchange,
        case when is_used then refund_amount else 0 end as used_refund,
        case when is_used then credit_amount else 0 end as used_credit,
        case when is_used_since then refund_amount + credit_amount else 0 end
            as used_since
    from dated
    union all
    select
        as_of_date,
        order_month_date,
        currency_code,
        goods_share,
        other_goods_share,
        refund_amount as closing_refund,
        credit_amount as closing_credit,
        0 as closing_requested,
        exchange_amount as expected_exchange,
        0 as used_refund,
        0 as used_credit,
        0 as used_since
    from expected
),

closings as (
    select
        as_of_date,
        order_month_date,
        currency_code,
        max(goods_share) as goods_share,
        max(other_goods_share) as other_goods_share,
        {% for name in amounts -%}
        sum({{ name }}) as {{ name }},
        {% endfor -%}
        sum(closing_refund + closing_credit) as closing
    from parts
    group by 1, 2, 3
),

-- The closing amount of a date is the opening amount of the next. The last
-- closing amount is what is still expected after each date.
rolled as (
    select
        closings.*,
        0 as opening,
        0 as still_expected
    from closings
    union all
    select
        dates.as_of_date,
        closings.order_month_date,
        closings.currency_code,
        cast(null as {{ type_ratio() }}) as goods_share,
        cast(null as {{ type_ratio() }}) as other_goods_share,
        {% for name in amounts -%}
        0 as {{ name }},
        {% endfor -%}
        0 as closing,
        case
            when closings.as_of_date = dates.previous_date
                then closings.closing
            else 0
        end as opening,
        case
            when closings.as_of_date = dates.last_date then closings.closing
            else 0
        end as still_expected
    from closings
    inner join dates
        on closings.as_of_date in (dates.previous_date, dates.last_date)
),

totals as (
    select
        as_of_date,
        order_month_date,
        currency_code,
        {% for name in amounts + ['closing', 'opening', 'still_expected'] -%}
        {{ sum_of_money(name) }} as {{ name }},
        {% endfor -%}
        max(max(goods_share)) over (partition by as_of_date, currency_code)
            as goods_share,
        max(max(other_goods_share)) over (
            partition by as_of_date, currency_code
        ) as other_goods_share
    from rolled
    group by as_of_date, order_month_date, currency_code
),

-- The first date has no opening amount.
balanced as (
    select
        totals.*,
        coalesce(totals.order_month_date > dates.previous_date, false)
            as is_new_month,
        cast(
            totals.closing + totals.used_refund + totals.used_credit
            - totals.opening as {{ type_money() }}
        ) as change_before_use,
        {{ round_money(
            'cast(totals.closing as ' ~ type_ratio()
            ~ ') * coalesce(totals.goods_share, 1)'
        ) }} as goods_amount,
        coalesce(
            cost_shares.goods_cost_share,
            cast({{ cost_share }} as {{ type_ratio() }})
        ) as goods_cost_share,
        coalesce(cost_shares.cost_known_share, 0) as cost_known_share
    from totals
    inner join dates
        on totals.as_of_date = dates.as_of_date
    left join cost_shares
        on
            totals.as_of_date = cost_shares.as_of_date
            and totals.currency_code = cost_shares.currency_code
    where dates.previous_date is not null
),

final as (
    select
        'refund_liability' as metric_name,
        as_of_date,
        extract(day from {{ dbt.dateadd('day', 1, 'as_of_date') }}) = 1
            as is_month_end,
        order_month_date,
        currency_code,
        opening as opening_amount,
        cast(
            case when is_new_month then change_before_use else 0 end
            as {{ type_money() }}
        ) as added_amount,
        used_refund as used_refund_amount,
        used_credit as used_credit_amount,
        cast(
            case when is_new_month then 0 else change_before_use end
            as {{ type_money() }}
        ) as reestimated_amount,
        closing as closing_amount,
        closing_refund as closing_refund_amount,
        closing_credit as closing_credit_amount,
        closing_requested as closing_requested_amount,
        expected_exchange as expected_exchange_amount,
        {{ round_money(
            'cast(expected_exchange as ' ~ type_ratio()
            ~ ') * coalesce(other_goods_share, 1)'
        ) }} as expected_other_exchange_amount,
        goods_amount as expected_returned_amount,
        {{ round_money(
            'cast(goods_amount as ' ~ type_ratio() ~ ') * goods_cost_share * '
            ~ var('recovery_share')
        ) }} as return_asset_amount,
        goods_cost_share,
        cost_known_share,
        used_since as used_since_amount,
        still_expected as still_expected_amount,
        {{ ratio('used_since', 'closing') }} as share_used_since
    from balanced
    where
        opening <> 0
        or closing <> 0
        or used_refund <> 0
        or used_credit <> 0
        or expected_exchange <> 0
)

select *
from final
