{# Every metric that a report shows has a definition. #}
{%- set reports = [
    'rpt_return_metrics', 'rpt_outcome_split', 'rpt_return_rate_by_sku',
    'rpt_return_rate_by_category', 'rpt_return_rate_by_channel',
    'rpt_return_reasons', 'rpt_return_timing', 'rpt_return_timing_bands',
    'rpt_net_return_cost', 'rpt_return_retention', 'rpt_match_coverage',
] -%}

with used as (
    {% for report in reports -%}
    select distinct metric_name from {{ ref(report) }}
    {%- if not loop.last %}
    union distinct
    {% endif -%}
    {%- endfor %}
)

select used.metric_name
from used
left join {{ ref('dim_metric_definitions') }} as definitions
    on used.metric_name = definitions.metric_name
where definitions.metric_name is null
