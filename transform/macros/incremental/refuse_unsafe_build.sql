{#
    On-run-start: stops a build before it changes any table if a setting is
    invalid, if its sources differ from the sources of the existing tables, or
    if the clock went back. A new source may be added.
#}
{% macro refuse_unsafe_build() -%}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- do raise_if_setting_is_invalid() -%}
    {%- endif -%}
    {%- if execute and flags.WHICH in ('build', 'run')
        and not flags.FULL_REFRESH -%}
        {%- for table, record in watermark_records().items() -%}
            {%- do raise_if_clock_went_back(table, record) -%}
            {%- do raise_if_source_changed(table, record) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro raise_if_clock_went_back(table, record) -%}
    {#-
        Literals are compared, which sort like their times: dbt v2 cannot remove
        a time zone.
    -#}
    {%- if timestamp_literal(record['built_at']) >= built_at() -%}
        {%- do exceptions.raise_compiler_error(
            'This build began at ' ~ run_started_at ~ ', but ' ~ table
            ~ ' was built at ' ~ record['built_at'] ~ ', UTC: the clock has'
            ~ ' gone back. Correct it, then run dbt build --full-refresh once.'
        ) -%}
    {%- endif -%}
{%- endmacro %}

{% macro raise_if_source_changed(table, record) -%}
    {%- set sources = fromjson(row_sources()) -%}
    {%- for name, value in fromjson(record['row_sources']).items()
        if value != 'none' and name in sources and sources[name] != value -%}
        {%- do exceptions.raise_compiler_error(
            table ~ ' was built with ' ~ name ~ ': ' ~ value
            ~ ', but this build has ' ~ name ~ ': ' ~ sources[name]
            ~ '. Pass the same variables as before (--vars), or run dbt build'
            ~ ' --full-refresh once to build every table from the new source.'
        ) -%}
    {%- endfor -%}
{%- endmacro %}

{#
    Names every setting that would give wrong rows without an error of its own.
#}
{% macro raise_if_setting_is_invalid() -%}
    {%- set problems = [] -%}
    {%- for name in list_settings() if var(name) is string -%}
        {%- do problems.append(
            name ~ ' is a text, but must be a list: write [' ~ var(name) ~ '].'
        ) -%}
    {%- endfor -%}
    {%- if var('store_id') in [none, ''] -%}
        {%- do problems.append(
            'store_id has no value, but is part of every key. Name the shop, or'
            ~ ' remove the variable for the default.'
        ) -%}
    {%- endif -%}
    {%- set zone = var('store_timezone') | string -%}
    {%- if modules.re.fullmatch('.*[+-]\\d.*', zone)
        and not zone.startswith('Etc/') -%}
        {%- do problems.append(
            'store_timezone is ' ~ zone ~ ', an offset, which PostgreSQL reads'
            ~ ' the other way round than DuckDB and BigQuery. Write the name of'
            ~ ' a zone, such as Europe/Berlin.'
        ) -%}
    {%- endif -%}
    {%- if var('handling_fee_collection') not in ['withheld', 'charged'] -%}
        {%- do problems.append(
            'handling_fee_collection is ' ~ var('handling_fee_collection')
            ~ '. Choose withheld or charged.'
        ) -%}
    {%- endif -%}
    {%- for node in graph.nodes.values()
        if node.package_name == 'loop_returns'
        and node.name in tables_that_keep_values()
        and (node.config.materialized != 'incremental'
            or node.config.full_refresh == true) -%}
        {%- do problems.append(
            node.name ~ ' keeps values that the raw tables may no longer have,'
            ~ ' but your project sets +materialized or +full_refresh for it, so'
            ~ ' each build would lose them. Set these only for'
            ~ ' loop_returns.marts.'
        ) -%}
    {%- endfor -%}
    {%- if problems -%}
        {%- do exceptions.raise_compiler_error(problems | join('\n')) -%}
    {%- endif -%}
{%- endmacro %}

{# Names of the tables that neither a build nor a full refresh replaces. #}
{% macro tables_that_keep_values() -%}
    {%- set names = ['int_ledger_entries_closed', 'int_sync_audits_compared'] -%}
    {%- if target.type != 'bigquery' -%}
        {%- do names.append('int_return_milestones_kept') -%}
    {%- endif -%}
    {{ return(names) }}
{%- endmacro %}
