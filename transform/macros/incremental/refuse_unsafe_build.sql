{#
    On-run-start: stops a build before it changes any table if its sources
    differ from the sources of the existing tables, or if the clock went back. A
    new source may be added.
#}
{% macro refuse_unsafe_build() -%}
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
