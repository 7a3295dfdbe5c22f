with customers as (
    select *
    from {{ ref('loop_returns', 'fct_customer_index_returns') }}
),

survival as (
    select
        outcome_group,
        max(repurchase_share) as repurchase_rate_km
    from {{ ref('loop_returns', 'rpt_repurchase_curve') }}
    group by outcome_group
),

repurchase_days as (
    select
        outcome_group,
        days_to_repurchase,
        cume_dist() over (
            partition by outcome_group
            order by days_to_repurchase
        ) as share_up_to
    from customers
    where is_window_observed and has_repurchased
),

medians as (
    select
        outcome_group,
        min(case when share_up_to >= 0.5 then days_to_repurchase end)
            as median_days_to_repurchase
    from repurchase_days
    group by outcome_group
),

classes as (
    select
        outcome_group,
        count(*) as index_customers,
        {{ count_if('is_window_observed') }} as mature_customers,
        {{ count_if('is_window_observed and has_repurchased') }}
            as repurchased_customers,
        {{ count_if('is_window_observed and has_any_order') }}
            as any_order_customers,
        {{ count_if('is_window_observed and has_new_money') }}
            as new_money_customers,
        {{ count_if('is_window_observed and has_second_return') }}
            as second_return_customers,
        {{ count_if('has_order_of_any_role') }} as naive_customers,
        max(currency_code) as currency_code,
        avg(net_revenue_90d) as net_revenue_per_customer_90d,
        avg(net_revenue_180d) as net_revenue_per_customer_180d,
        avg(net_revenue_365d) as net_revenue_per_customer_365d
    from customers
    group by outcome_group
),

final as (
    select
        'repurchase_rate_90d' as metric_name,
        'return' as date_basis,
        classes.outcome_group,
        classes.outcome_group = 'no return' as is_baseline,
        classes.index_customers,
        classes.mature_customers,
        classes.index_customers - classes.mature_customers
            as immature_customers,
        classes.repurchased_customers,
        {{ ratio('classes.repurchased_customers',
            'classes.mature_customers') }} as repurchase_rate_90d,
        {{ wilson_bound('classes.repurchased_customers',
            'classes.mature_customers', 'lower') }}
            as repurchase_rate_90d_lower,
        {{ wilson_bound('classes.repurchased_customers',
            'classes.mature_customers', 'upper') }}
            as repurchase_rate_90d_upper,
        classes.mature_customers >= {{ var('minimum_customers_ranked') }}
            as is_ranked,
        survival.repurchase_rate_km as repurchase_rate_90d_km,
        classes.any_order_customers,
        {{ ratio('classes.any_order_customers',
            'classes.mature_customers') }}
            as repurchase_rate_90d_any_order,
        classes.new_money_customers,
        {{ ratio('classes.new_money_customers',
            'classes.mature_customers') }} as repurchase_new_money_rate,
        classes.naive_customers,
        {{ ratio('classes.naive_customers', 'classes.index_customers') }}
            as repurchase_rate_naive,
        case
            when classes.outcome_group <> 'no return' then
            {{ ratio('classes.second_return_customers',
                'classes.mature_customers') }}
        end as second_return_rate,
        medians.median_days_to_repurchase,
        classes.currency_code,
        {{ round_money('classes.net_revenue_per_customer_90d') }}
            as net_revenue_per_customer_90d,
        {{ round_money('classes.net_revenue_per_customer_180d') }}
            as net_revenue_per_customer_180d,
        {{ round_money('classes.net_revenue_per_customer_365d') }}
            as net_revenue_per_customer_365d
    from classes
    left join survival
        on classes.outcome_group = survival.outcome_group
    left join medians
        on classes.outcome_group = medians.outcome_group
)

select *
from final
