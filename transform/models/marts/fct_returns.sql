{%- set amounts = [
    'refund_amount', 'gift_card_amount', 'exchange_total', 'upsell_amount',
    'handling_fee', 'return_total', 'return_product_total',
    'return_discount_total', 'return_tax_total', 'exchange_credit_amount',
    'label_cost', 'exchanged_value', 'bonus_credit_on_exchange',
    'bonus_credit_on_gift_card', 'given_for_goods_amount',
    'refund_shipping_amount'
] -%}

{{ incremental_by('loop_return_id') }}
{{ config(pre_hook="{{ extend_contract() }}", post_hook=[
    "{{ update_maturity('root_order_date', 'is_order_mature') }}",
    '{{ update_data_through() }}'
]) }}

with returns as (
    select *
    from {{ ref('loop_returns', 'int_returns_joined_to_orders') }}
    where {{ is_affected('return_id') }}
),

customers as (
    select *
    from {{ ref('loop_returns', 'int_customers') }}
    where {{ is_affected('customer_id') }}
),

histories as (
    select *
    from {{ ref('loop_returns', 'int_returns_with_earlier_order_counts') }}
    where {{ is_affected('return_id') }}
),

shopify_refunds as (
    select *
    from {{ ref('loop_returns', 'int_refunds_summed_to_returns') }}
    where {{ is_affected('return_id') }}
),

{{ pass_through_cte('returns') }}
maturity as (
    select *
    from {{ ref('loop_returns', 'int_return_maturity') }}
),

-- Amounts of returns that do not count are null, so a plain sum is right.
counted as (
    select
        {% for amount in amounts -%}
        cast(
            case when is_counted_return then {{ amount }} end
            as {{ type_money() }}
        ) as counted_{{ amount }},
        {% endfor -%}
        *
    from returns
),

costed as (
    select
        *,
        counted_refund_amount + counted_gift_card_amount
        - counted_upsell_amount as net_return_cost,
        counted_exchanged_value + counted_gift_card_amount
        - counted_bonus_credit_on_gift_card as retained_revenue,
        cast(ceil(days_to_return / 7.0) as {{ dbt.type_bigint() }})
            as week_number
    from counted
),

final as (
    select
        -- ids
        costed.return_id as loop_return_id,
        costed.store_id as sm_store_id,
        'shopify' as source_system,
        costed.sm_order_key,
        case when costed.is_order_matched then costed.sm_customer_key end
            as sm_customer_key,
        costed.root_sm_order_key,
        costed.order_id as shopify_order_id,
        costed.gift_card_order_id,
        case when costed.is_order_matched then costed.customer_id end
            as customer_id,
        costed.customer_email_hash,
        costed.destination_id,
        -- text
        costed.order_name,
        costed.return_state,
        costed.return_type,
        costed.outcome_raw as return_outcome,
        costed.outcome_group,
        costed.outcome_source,
        costed.match_method,
        costed.return_order_role,
        costed.currency_code,
        coalesce(
            costed.presentment_currency_code,
            costed.order_presentment_currency_code
        ) as presentment_currency_code,
        costed.order_sm_channel,
        costed.order_sm_sub_channel,
        costed.order_utm_source_medium,
        customers.acquisition_source_medium
            as customer_acquisition_source_medium,
        costed.carrier,
        costed.tracking_number,
        costed.label_status,
        costed.return_method_type,
        costed.origin_country_code,
        case
            when costed.days_to_return is null then null
            when costed.days_to_return <= 7 then '0-7 days'
            when costed.days_to_return <= 63
                then cast(
                    costed.week_number * 7 - 6
                    as {{ dbt.type_string() }}
                )
                || '-'
                || cast(costed.week_number * 7 as {{ dbt.type_string() }})
                || ' days'
            when costed.days_to_return <= 90 then '64-90 days'
            else '91+ days'
        end as return_week_bucket,
        case
            when costed.days_to_return <= 63
                then greatest(costed.week_number - 1, 0)
            when costed.days_to_return <= 90 then 9
            when costed.days_to_return > 90 then 10
        end as return_week_bucket_sort,
        case when costed.label_cost is null then 'label cost, ' else '' end
        || 'outbound shipping, goods not resold'
            as landed_missing_components,
        -- numerics
        costed.counted_refund_amount as refund_amount,
        costed.counted_gift_card_amount as gift_card_amount,
        costed.counted_exchange_total as exchange_total,
        costed.counted_upsell_amount as upsell_amount,
        costed.counted_handling_fee as handling_fee,
        costed.counted_refund_shipping_amount as refund_shipping_amount,
        costed.counted_return_total as return_total,
        costed.counted_return_product_total as return_product_total,
        costed.counted_return_discount_total as return_discount_total,
        costed.counted_return_tax_total as return_tax_total,
        costed.counted_exchange_credit_amount as exchange_credit_amount,
        costed.refund_amount as requested_refund_amount,
        costed.gift_card_amount as requested_gift_card_amount,
        costed.exchange_total as requested_exchange_total,
        costed.upsell_amount as requested_upsell_amount,
        costed.handling_fee as requested_handling_fee,
        costed.return_total as requested_return_total,
        cast(costed.counted_label_cost as {{ type_money() }}) as label_cost,
        cast(costed.counted_exchanged_value as {{ type_money() }})
            as exchanged_value,
        cast(costed.counted_bonus_credit_on_exchange as {{ type_money() }})
            as bonus_credit_on_exchange,
        cast(costed.counted_bonus_credit_on_gift_card as {{ type_money() }})
            as bonus_credit_on_gift_card,
        cast(costed.retained_revenue as {{ type_money() }})
            as retained_revenue,
        {{ round_money(
            'costed.retained_revenue * costed.share_without_tax'
        ) }} as retained_revenue_ex_tax,
        {{ round_money(
            'costed.counted_refund_amount * costed.share_without_tax'
        ) }} as refund_amount_ex_tax,
        {{ round_money(
            'costed.net_return_cost * costed.share_without_tax'
        ) }} as net_return_cost_ex_tax,
        cast(case
            when costed.is_counted_return
                then shopify_refunds.shopify_refund_amount
        end as {{ type_money() }}) as shopify_refund_amount,
        cast(
            costed.counted_refund_amount - shopify_refunds.shopify_refund_amount
            as {{ type_money() }}
        ) as refund_variance,
        {% if var('reporting_currency') -%}
        case
            when
                costed.currency_code
                = {{ text_literal(var('reporting_currency') | upper) }}
                then cast(1 as {{ type_money() }})
        end
        {%- else -%}
        cast(null as {{ type_money() }})
        {%- endif %} as fx_rate_to_reporting,
        cast(costed.net_return_cost as {{ type_money() }})
            as net_return_cost,
        cast(
            costed.counted_refund_amount - costed.counted_upsell_amount
            as {{ type_money() }}
        ) as net_return_cost_cash,
        cast(
            costed.net_return_cost + coalesce(costed.counted_label_cost, 0)
            + costed.counted_bonus_credit_on_exchange
            {%- if var('handling_fee_collection') == 'charged' %}
            - costed.counted_handling_fee
            {%- endif %} as {{ type_money() }}
        ) as net_return_cost_landed,
        cast(
            costed.counted_return_total
            - costed.counted_exchange_credit_amount
            - costed.counted_given_for_goods_amount as {{ type_money() }})
            as identity_difference,
        cast(costed.returned_unit_count as {{ dbt.type_bigint() }})
            as returned_unit_count,
        cast(costed.exchanged_unit_count as {{ dbt.type_bigint() }})
            as exchanged_unit_count,
        cast(costed.exchange_depth as {{ dbt.type_bigint() }})
            as exchange_depth,
        costed.return_seq_in_order,
        costed.return_seq_for_customer,
        costed.days_to_return,
        costed.days_to_return_from_root,
        costed.days_delivery_to_return,
        costed.days_return_to_close,
        costed.days_return_to_refund,
        histories.customer_order_index
            as customer_valid_order_index_at_return,
        -- booleans
        costed.has_refund,
        costed.has_exchange,
        costed.has_credit,
        costed.is_upsell,
        costed.is_counted_return,
        costed.is_realised_return,
        costed.is_counted_return and not costed.is_warranty
            as is_rate_return,
        costed.is_outcome_word_known,
        costed.is_cancelled,
        costed.is_expired,
        costed.is_warranty,
        costed.is_gift_return,
        costed.goods_returned,
        costed.is_order_matched,
        costed.is_before_its_order,
        costed.sm_customer_key is not null as is_identified_customer,
        costed.is_multi_currency,
        coalesce(
            costed.is_root_customer_order
            and coalesce(costed.root_loop_exclusion_reason, '')
            <> 'before_loop',
            false
        ) as is_in_order_cohort,
        {{ is_mature('costed.root_order_date') }} as is_order_mature,
        -- dates
        costed.order_date,
        costed.root_order_date,
        costed.root_order_month_date,
        costed.return_date,
        costed.return_month_date,
        costed.return_closed_date,
        -- timestamps
        costed.order_created_at,
        costed.return_created_at,
        {{ local_datetime('costed.return_created_at') }}
            as return_created_at_local_datetime,
        costed.return_updated_at,
        costed.return_edited_at,
        costed.return_closed_at,
        costed.return_processed_at,
        costed.refund_processed_at,
        costed.gift_card_processed_at,
        costed.exchange_processed_at,
        costed.label_updated_at,
        case
            when costed.label_status = 'delivered'
                then costed.label_updated_at
        end as goods_delivered_at,
        maturity.data_through_at,
        {{ passed_through('returns', 'staged', with_alias=true) }}
        -- build
        {{ built_at() }} as built_at
    from costed
    left join customers
        on costed.sm_customer_key = customers.sm_customer_key
    left join histories
        on costed.return_id = histories.return_id
    left join shopify_refunds
        on costed.return_id = shopify_refunds.return_id
    cross join maturity
    {{ pass_through_join('returns', 'costed') }}
)

select *
from final
