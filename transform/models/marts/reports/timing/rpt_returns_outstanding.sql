{%- set bands = [7, 14, 30, 60, 90] -%}

with returns as (
    select *
    from {{ ref('loop_returns', 'fct_returns') }}
    where is_counted_return
),

owed as (
    select *
    from {{ ref('loop_returns', 'int_returns_owed') }}
),

events as (
    select *
    from {{ ref('loop_returns', 'fct_return_events') }}
    -- These returns are open or owe money, so a cancelled one was reopened.
    where milestone <> 'cancelled'
),

data_through as (
    select *
    from {{ ref('loop_returns', 'int_data_through') }}
),

last_events as (
    select
        loop_return_id,
        milestone,
        occurred_at,
        occurred_date,
        max(case when milestone = 'delivered' then occurred_date end) over (
            partition by loop_return_id
        ) as delivered_date,
        row_number() over (
            partition by loop_return_id
            order by occurred_at desc, milestone asc
        ) as place
    from events
),

joined as (
    select
        returns.*,
        data_through.data_through_date,
        last_events.milestone as last_milestone,
        last_events.occurred_at as last_milestone_at,
        last_events.occurred_date as last_milestone_date,
        last_events.delivered_date,
        coalesce(owed.refund_amount, 0) as owed_refund_amount,
        coalesce(owed.credit_amount, 0) as owed_credit_amount
    from returns
    left join owed
        on returns.loop_return_id = owed.return_id
    left join last_events
        on
            returns.loop_return_id = last_events.loop_return_id
            and last_events.place = 1
    cross join data_through
),

aged as (
    select
        *,
        {{ days_between('return_date', 'data_through_date') }}
            as days_since_request,
        {{ days_between('delivered_date', 'data_through_date') }}
            as days_since_delivery,
        {{ days_between('last_milestone_date', 'data_through_date') }}
            as days_since_last_milestone
    from joined
    where
        return_state in ('open', 'review')
        or owed_refund_amount > 0
        or owed_credit_amount > 0
),

final as (
    select
        -- ids
        loop_return_id,
        sm_store_id,
        sm_order_key,
        destination_id,
        -- text
        order_name,
        return_state,
        outcome_group,
        carrier,
        return_method_type,
        last_milestone,
        case
            {% for days in bands -%}
            {% set first_day = loop.previtem + 1 if loop.previtem else 0 -%}
            when days_since_request <= {{ days }}
                then '{{ first_day }}-{{ days }} days'
            {% endfor -%}
            when days_since_request is not null
                then '{{ bands[-1] + 1 }}+ days'
        end as age_band,
        cast(case
            {% for days in bands -%}
            when days_since_request <= {{ days }} then {{ loop.index0 }}
            {% endfor -%}
            when days_since_request is not null then {{ bands | length }}
        end as {{ dbt.type_bigint() }}) as age_band_sort,
        currency_code,
        -- numerics
        cast(owed_refund_amount as {{ type_money() }}) as owed_refund_amount,
        cast(owed_credit_amount as {{ type_money() }}) as owed_credit_amount,
        days_since_request,
        days_since_delivery,
        days_since_last_milestone,
        -- booleans
        {% if var('return_limit_days') is not none -%}
        days_since_request > {{ var('return_limit_days') }}
        {%- else -%}
        cast(null as {{ dbt.type_boolean() }})
        {%- endif %} as is_past_limit,
        -- dates
        return_date,
        delivered_date,
        -- timestamps
        last_milestone_at
    from aged
)

select *
from final
