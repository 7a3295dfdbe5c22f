{{ incremental_by('order_id') }}

with payments as (
    select
        *,
        {{ is_store_credit('gateway') }} as is_credit,
        -- In a shop a customer gets change for cash.
        case when payment_kind = 'change' then -amount else amount end
            as received
    from {{ ref('loop_returns', 'stg_order_payments') }}
    where {{ is_affected('order_id') }}
),

-- New money is every payment except those by gift card and store credit.
final as (
    select
        {{ sm_key('store_id', 'order_id') }} as sm_order_key,
        order_id,
        -- The sum is null if the amount of one of its payments is unknown.
        case
            when count(*) = count(case when is_credit then 0 else received end)
                then {{ sum_of_money(
                    'case when is_credit then 0 else received end'
                ) }}
        end as new_money_amount,
        {{ built_at() }} as built_at
    from payments
    where
        order_id is not null
        and payment_kind in ('sale', 'capture', 'change')
        and payment_status = 'success'
    group by store_id, order_id
)

select *
from final
