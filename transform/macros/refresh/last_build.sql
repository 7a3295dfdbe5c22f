{#
    The table with the record of the last build: its inputs and its end. It
    exists only where `python -m refresh` has built the models; that command
    passes the inputs in REFRESH_INPUTS.
#}
{% macro last_build() -%}
    {%- set model = graph.nodes['model.loop_returns.int_data_through'] -%}
    {{ return(api.Relation.create(
        database=model.database,
        schema=model.schema,
        identifier='last_build'
    )) }}
{%- endmacro %}

{% macro records_last_build() -%}
    {{ return(
        execute and target.type == 'bigquery'
        and flags.WHICH in ('build', 'run', 'seed', 'retry')
        and (env_var('REFRESH_INPUTS', '') != ''
            or load_relation(last_build()) is not none)
    ) }}
{%- endmacro %}

{# On-run-start: any build makes the last one count no more. #}
{% macro begin_build() -%}
    {%- if records_last_build() -%}
    create or replace table {{ last_build() }} as
    select
        '{{ invocation_id }}' as build_id,
        cast(null as string) as record
    {%- endif -%}
{%- endmacro %}

{#
    On-run-end: records a build without errors; without REFRESH_INPUTS, a record
    without inputs. If another build began in the meantime, neither is recorded.
#}
{% macro end_build(results) -%}
    {%- if records_last_build() -%}
    {%- set record = tojson({
        'inputs': fromjson(env_var('REFRESH_INPUTS', '{}') or '{}'),
        'ended_at': modules.datetime.datetime.now(modules.pytz.utc).isoformat()
    }) -%}
    {%- set failed = results | rejectattr(
        'status', 'in', ['success', 'pass', 'warn', 'no-op']
    ) | list -%}
    update {{ last_build() }} set
        record = case
            when build_id = '{{ invocation_id }}' and {{ not failed }}
                then {{ text_literal(record) }}
        end,
        build_id = ''
    where true
    {%- endif -%}
{%- endmacro %}
