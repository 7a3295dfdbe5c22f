{#
    Rows of a raw table in every version that the loader kept, with
    `version_number`: 1 for the version that was loaded first. Loaders that
    replace rows by key keep one version, the newest.
#}
{% macro raw_versions(source_name, table_name) -%}
    {{ return(adapter.dispatch('raw_versions', 'loop_returns')(
        source_name, table_name
    )) }}
{%- endmacro %}

{% macro default__raw_versions(source_name, table_name) -%}
    select
        *,
        1 as version_number
    from (
        {{ raw_rows(source_name, table_name) }}
    ) as newest
{%- endmacro %}

{# The BigQuery loader appends, so the raw table has every version. #}
{% macro bigquery__raw_versions(source_name, table_name) -%}
    {%- if execute and not raw_columns(source_name, table_name) -%}
    select
        *,
        1 as version_number
    from (
        {{ raw_rows(source_name, table_name) }}
    ) as not_loaded
    {%- else -%}
    {%- do raise_if_undeclared(source_name, table_name) -%}
    select
        data,
        row_number() over (
            partition by
                {%- for key in raw_key(source_name, table_name) %}
                json_value(data, '$.{{ key }}'){{ "," if not loop.last }}
                {%- endfor %}
            order by _sdc_batched_at, _sdc_sequence
        ) as version_number
    from {{ source(source_name, table_name) }}
    {%- endif %}
{%- endmacro %}
