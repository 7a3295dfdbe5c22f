{#
    Config of every incremental table: hooks that write the table's row of
    int_watermarks, and that empty the table before it is built whole.
#}
{% macro tracks_watermark() -%}
    {%- if not execute and target.type != 'bigquery' -%}
        {%- do ref('loop_returns', 'int_watermarks') -%}
    {%- endif -%}
    {%- if execute and target.type != 'bigquery' and watermark() is none %}
-- built whole
    {% endif -%}
    {{ config(
        pre_hook='{{ empty_before_whole_build() }}',
        post_hook='{{ record_watermark() }}'
    ) }}
{%- endmacro %}

{#
    Whether the SQL of the model was compiled to return all rows. A comment in
    the SQL says so: the post-hook cannot tell it from the table, because by
    then even a new table exists.
#}
{% macro is_built_whole() -%}
    {{ return('-- built whole' in compiled_code) }}
{%- endmacro %}

{# Pre-hook: empties a table without a watermark. #}
{% macro empty_before_whole_build() -%}
    {%- if execute and is_incremental() and is_built_whole() -%}
    delete from {{ this }}
    {%- endif -%}
{%- endmacro %}

{#
    Post-hook: records the watermark of this table. Only a build that included
    everything the table depends on moves the watermark. After any other build
    the watermark stays, and the next complete build processes the same changes
    again; but if such a build built the table whole, the table has no
    watermark, and the next build builds it whole again.
#}
{% macro record_watermark() -%}
    {%- set table = own_relation('int_watermarks') if execute else none -%}
    {%- if table is not none -%}
    {%- set is_whole = is_built_whole() -%}
    {%- set former = watermark_records().get(this.identifier) %}
    delete from {{ table }} where table_name = '{{ this.identifier }}';
    insert into {{ table }} (
        table_name,
        read_through_at,
        built_whole_at,
        built_at,
        row_sources,
        row_settings
    )
    select
        '{{ this.identifier }}' as table_name,
        {% if builds_incrementally() and includes_all_parents() -%}
        {{ built_at() }}
        {%- elif is_whole -%}
        cast(null as {{ dbt.type_timestamp() }})
        {%- else -%}
        {{ timestamp_literal(former['read_through_at']) }}
        {%- endif %} as read_through_at,
        {% if is_whole -%}
        {{ built_at() }}
        {%- else -%}
        {{ timestamp_literal(former['built_whole_at']) }}
        {%- endif %} as built_whole_at,
        {{ built_at() }} as built_at,
        '{{ row_sources() | replace("'", "''") }}' as row_sources,
        '{{ row_settings() | replace("'", "''") }}' as row_settings
    {%- endif -%}
{%- endmacro %}
