{#
    Every figure of every report belongs to a metric definition, and every
    definition names figures that exist.

    A definition lists its columns by report; bounds of an interval, named
    _lower and _upper, belong to the column they surround. Columns that only
    identify or describe a row are listed in about_the_row.
#}
-- depends_on: {{ ref('loop_returns', 'rpt_data_quality') }}
-- depends_on: {{ ref('loop_returns', 'rpt_data_through') }}
-- depends_on: {{ ref('loop_returns', 'rpt_demand_by_size') }}
-- depends_on: {{ ref('loop_returns', 'rpt_exchange_flows') }}
-- depends_on: {{ ref('loop_returns', 'rpt_ledger_journal') }}
-- depends_on: {{ ref('loop_returns', 'rpt_ledger_tie') }}
-- depends_on: {{ ref('loop_returns', 'rpt_match_coverage') }}
-- depends_on: {{ ref('loop_returns', 'rpt_net_return_cost') }}
-- depends_on: {{ ref('loop_returns', 'rpt_order_returns') }}
-- depends_on: {{ ref('loop_returns', 'rpt_outcome_split') }}
-- depends_on: {{ ref('loop_returns', 'rpt_refund_liability') }}
-- depends_on: {{ ref('loop_returns', 'rpt_repurchase_comparison') }}
-- depends_on: {{ ref('loop_returns', 'rpt_repurchase_curve') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_alerts') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_changes') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_durations') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_metrics') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_nowcast') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_nowcast_back_test') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_rate_by_category') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_rate_by_channel') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_rate_by_option') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_rate_by_product') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_rate_by_sku') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_reasons') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_retention') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_retention_by_period') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_timing') }}
-- depends_on: {{ ref('loop_returns', 'rpt_return_timing_bands') }}
-- depends_on: {{ ref('loop_returns', 'rpt_returned_units') }}
-- depends_on: {{ ref('loop_returns', 'rpt_returns_expected_by_week') }}
-- depends_on: {{ ref('loop_returns', 'rpt_returns_outstanding') }}
-- depends_on: {{ ref('loop_returns', 'rpt_store_credit') }}
-- depends_on: {{ ref('loop_returns', 'rpt_store_credit_roll_forward') }}
-- depends_on: {{ ref('loop_returns', 'rpt_sync_reconciliation') }}
-- depends_on: {{ ref('loop_returns', 'dim_metric_definitions') }}

{%- set about_the_row = [
    'metric_name', 'date_basis', 'maturity', 'stage', 'period_type', 'period',
    'period_start_date', 'is_current_period', 'is_period_mature',
    'is_period_finished', 'as_of_date', 'is_month_end', 'order_month_date',
    'currency_code', 'main_currency_code', 'outcome', 'outcome_group', 'is_baseline',
    'days_since_return',
    'sku', 'product_key', 'option_name', 'option_value', 'product_title', 'product_category', 'channel_type', 'channel',
    'reason_level', 'dimension_type', 'dimension_value',
    'parent_return_reason', 'return_reason',
    'return_week_bucket', 'return_week_bucket_sort', 'cost_form',
    'coverage', 'finding', 'is_found', 'check_name', 'example_id',
    'from_variant_id', 'from_sku', 'to_variant_id', 'to_sku', 'flow_kind',
    'from_product_id', 'from_product_title', 'from_product_category',
    'data_through_date', 'data_through_at', 'months_complete_through_date',
    'orders_through_at',
    'returns_through_at', 'loop_period_start_date', 'store_timezone',
    'sm_store_id', 'sm_order_key', 'sm_customer_key', 'source_system',
    'built_at',
    'shopify_order_id', 'order_name', 'order_created_at', 'order_date',
    'order_role', 'order_utm_source_medium',
    'customer_acquisition_source_medium',
    'sync_id', 'stream_name', 'sync_started_at', 'sync_finished_at',
    'created_from', 'created_to', 'updated_from', 'updated_to',
    'reread_command',
    'from_milestone', 'to_milestone',
    'loop_return_id', 'destination_id', 'return_state', 'carrier',
    'return_method_type', 'return_date', 'delivered_date', 'last_milestone',
    'last_milestone_at', 'age_band', 'age_band_sort',
    'tie_date', 'tie_line', 'reason_class', 'account_class',
    'peer_group', 'reason_group', 'orders_from_date', 'noticed_date',
    'reasons_grown', 'alert_text',
    'compared_metric_name', 'previous_period',
    'month_date', 'is_mature', 'is_realised_return', 'origin_country_code',
    'order_channel', 'size',
    'week_number', 'week_start_date', 'week_end_date', 'is_week_over',
] -%}

{%- set problems = [] -%}
{#- A build with --empty has no definitions. -#}
{%- if execute and flags.WHICH in ('build', 'test') and not flags.EMPTY -%}
    {%- set defined = [] -%}
    {%- for row in run_query(
        'select metric_name, report_columns, report from '
        ~ ref('loop_returns', 'dim_metric_definitions')
    ).rows -%}
        {%- set reports = [] -%}
        {%- for part in row[1].split('; ') -%}
            {%- set report = part.split(': ')[0] -%}
            {%- do reports.append(report) -%}
            {%- for column in part.split(': ')[1].split(', ') -%}
                {%- do defined.append(report ~ '.' ~ column) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if reports | join(', ') != row[2] -%}
            {%- do problems.append(row[0] ~ ' names other reports') -%}
        {%- endif -%}
    {%- endfor -%}

    {%- set shown = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.name.startswith('rpt_')
        and node.package_name == 'loop_returns' -%}
        {#- The published name, even if the user's project names tables anew. -#}
        {%- set report = node.name
            ~ ('_v' ~ node.version if node.version else '') -%}
        {%- set columns = adapter.get_columns_in_relation(
            ref('loop_returns', node.name)
        ) | map(attribute='name') | list -%}
        {%- if not columns -%}
            {%- do problems.append(report ~ ' is no dependency here') -%}
        {%- endif -%}
        {%- for column in columns if column not in about_the_row -%}
            {%- set figure = column.removesuffix('_lower').removesuffix('_upper')
            -%}
            {#- share_lower may stand beside a share with a longer name. -#}
            {%- for other in columns if other == figure
                or (figure not in columns and other.endswith('_' ~ figure)) -%}
                {%- do shown.append(report ~ '.' ~ other) -%}
            {%- else -%}
                {%- do shown.append(report ~ '.' ~ figure) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}

    {%- for figure in shown | unique if figure not in defined -%}
        {%- do problems.append(figure ~ ' has no definition') -%}
    {%- endfor -%}
    {%- for figure in defined | unique if figure not in shown -%}
        {%- do problems.append(figure ~ ' is defined but not shown') -%}
    {%- endfor -%}
{%- endif %}

select found.problem
from (
    select '' as problem
    {%- for problem in problems %}
    union all
    select '{{ problem }}' as problem
    {%- endfor %}
) as found
where found.problem <> ''
