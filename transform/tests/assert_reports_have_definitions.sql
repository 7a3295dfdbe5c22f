{# Every metric that a report names has a definition that names the report. #}
{%- set reports = [
    'rpt_exchange_flows', 'rpt_ledger_journal', 'rpt_ledger_tie',
    'rpt_match_coverage', 'rpt_net_return_cost',
    'rpt_outcome_split', 'rpt_return_durations', 'rpt_return_metrics', 'rpt_return_rate_by_category',
    'rpt_return_rate_by_channel', 'rpt_return_rate_by_option',
    'rpt_return_rate_by_product', 'rpt_return_rate_by_sku',
    'rpt_repurchase_comparison', 'rpt_repurchase_curve', 'rpt_return_reasons', 'rpt_return_retention',
    'rpt_return_retention_by_period', 'rpt_return_timing',
    'rpt_return_timing_bands', 'rpt_store_credit',
    'rpt_store_credit_roll_forward', 'rpt_return_nowcast',
    'rpt_return_nowcast_back_test', 'rpt_refund_liability',
    'rpt_return_alerts', 'rpt_return_changes',
    'rpt_returns_expected_by_week', 'rpt_demand_by_size',
] -%}

with used as (
    {% for report in reports -%}
    select distinct
        metric_name,
        '{{ report }}' as report
    from {{ ref('loop_returns', report) }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

definitions as (
    select *
    from {{ ref('loop_returns', 'dim_metric_definitions') }}
)

select
    used.metric_name,
    used.report
from used
left join definitions
    on
        used.metric_name = definitions.metric_name
        and ', ' || definitions.report || ',' like '%, ' || used.report || ',%'
where definitions.metric_name is null
