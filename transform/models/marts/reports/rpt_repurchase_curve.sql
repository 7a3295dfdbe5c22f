with survival as (
    select
        *,
        repurchase_share * effective_customers as effective_repurchases
    from {{ ref('loop_returns', 'int_repurchase_survival_estimated') }}
),

final as (
    select
        'repurchase_share' as metric_name,
        'return' as date_basis,
        outcome_group,
        outcome_group = 'no return' as is_baseline,
        days_since_return,
        customers_at_risk,
        repurchased_customers,
        repurchase_share,
        {{ wilson_bound(
            'effective_repurchases', 'effective_customers', 'lower'
        ) }} as share_lower,
        {{ wilson_bound(
            'effective_repurchases', 'effective_customers', 'upper'
        ) }} as share_upper
    from survival
)

select *
from final
