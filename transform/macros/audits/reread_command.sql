{#
    The shell command that reads the range of an audit again, filtered by the
    date column `date_filter`; without a date column, it reads all rows of the
    stream. It neither reads nor changes the state.
#}
{% macro reread_command(date_filter) -%}
    {%- set start = 'created_from' if date_filter == 'created_at'
        else 'updated_from' -%}
    {%- set end = 'created_to' if date_filter == 'created_at'
        else 'updated_to' -%}
    '{{ dbt.escape_single_quotes('TAP_LOOP_RETURNS__SELECT=\'["') }}'
        || stream_name
        || '{{ dbt.escape_single_quotes('.*", "sync_audits.*"]\'') }}'
        {%- if date_filter %}
        || ' TAP_LOOP_RETURNS_DATE_FILTER={{ date_filter }}'
        || ' TAP_LOOP_RETURNS_START_DATE=' || {{ utc_text(start) }}
        || ' TAP_LOOP_RETURNS_END_DATE=' || {{ utc_text(end) }}
        {%- endif %}
        || ' meltano {{ _environment() }}run --full-refresh --no-state-update'
        || ' {{ _tap() }} target-{{ target.type }}'
{%- endmacro %}

{# The shell command that reads everything again and resets the state. #}
{% macro full_refresh_command() -%}
    'meltano {{ _environment() }}run --full-refresh'
        || ' {{ _tap() }} target-{{ target.type }}'
{%- endmacro %}

{# The tap of this shop: Meltano names the schema of raw tables after the tap. #}
{% macro _tap() -%}
    {%- set schema = var('loop_returns_schema') -%}
    {{ schema | replace('_', '-') if schema.startswith('tap_loop_returns__')
        else 'tap-loop-returns' }}
{%- endmacro %}

{% macro _environment() -%}
    {#- sqlfluff renders this without dbt. -#}
    {%- set name = env_var('MELTANO_ENVIRONMENT', '') if env_var is defined -%}
    {{ '--environment ' ~ name ~ ' ' if name }}
{%- endmacro %}
