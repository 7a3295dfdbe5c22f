{#
    Rows of a raw table, the newest version of each, with the columns that its
    source declares. A missing table has no rows, and a missing column is null.
    Rows that tell of a deletion are left out if the source declares the column
    deleted_at.
#}
{% macro raw_rows(source_name, table_name) -%}
    {%- do raise_if_undeclared(source_name, table_name) -%}
    {{ return(adapter.dispatch('raw_rows', 'loop_returns')(
        source_name, table_name
    )) }}
{%- endmacro %}

{# The DuckDB loader replaces rows by key; its columns are in lower case. #}
{% macro default__raw_rows(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- set loaded = raw_columns(source_name, table_name) -%}
    {%- set fields = raw_fields(source_name, table_name) -%}
    select
        {%- for field in fields %}
        {%- if field | lower in loaded %}
        "{{ field | lower }}"
        {%- else %}
        cast(null as varchar) as "{{ field | lower }}"
        {%- endif %}
        {{- "," if not loop.last }}
        {%- endfor %}
        {%- if raw_is_stamped(source_name, table_name) -%}
        , _sdc_batched_at
        {%- endif %}
    from {{ relation if loaded else '(select 1 where false) as not_loaded' }}
    {%- if 'deleted_at' in fields and 'deleted_at' in loaded %}
    where "deleted_at" is null
    {%- endif %}
{%- endmacro %}

{# The BigQuery loader appends, into one JSON column called data. #}
{% macro bigquery__raw_rows(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- if execute and not raw_columns(source_name, table_name) -%}
    select cast(null as json) as data
    from (select 1 as nothing) as not_loaded
    where false
    {%- else -%}
    select data
    from {{ relation }}
    where true
    qualify row_number() over (
        partition by
            {%- for key in raw_key(source_name, table_name) %}
            json_value(data, '$.{{ key }}'){{ "," if not loop.last }}
            {%- endfor %}
        order by _sdc_batched_at desc, _sdc_sequence desc
    ) = 1
    {%- if 'deleted_at' in raw_fields(source_name, table_name) %}
    and json_value(data, '$.deleted_at') is null
    {%- endif %}
    {%- endif %}
{%- endmacro %}

{#
    The PostgreSQL loader replaces rows by key. Its columns keep the case of the
    fields, and lists are arrays. Each row is turned into one JSON value and
    then read as on BigQuery. The loader's own columns are left out, because
    they change with every load.
#}
{% macro postgres__raw_rows(source_name, table_name) -%}
    {%- if execute and not raw_columns(source_name, table_name) -%}
    select cast(null as jsonb) as data
    where false
    {%- else -%}
    select
        to_jsonb(loaded) - array[
            '_sdc_extracted_at',
            '_sdc_received_at',
            '_sdc_batched_at',
            '_sdc_deleted_at',
            '_sdc_sequence',
            '_sdc_table_version',
            '_sdc_sync_started_at'
        ] as data
        {%- if raw_is_stamped(source_name, table_name) -%}
        , _sdc_batched_at
        {%- endif %}
    from (select * from {{ source(source_name, table_name) }}) as loaded
    {%- if 'deleted_at' in raw_fields(source_name, table_name)
        and 'deleted_at' in raw_columns(source_name, table_name) %}
    where loaded.deleted_at is null
    {%- endif %}
    {%- endif %}
{%- endmacro %}
