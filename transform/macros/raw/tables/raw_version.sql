{#
    The version of a row of the CTE `source` as text: the time when the loader
    wrote the row, or a hash of the row if it has no such time.
#}
{% macro raw_version(source_name, table_name) -%}
    {%- if raw_is_stamped(source_name, table_name) -%}
    cast(source._sdc_batched_at as {{ dbt.type_string() }})
    {%- else -%}
    {{ row_hash('source') }}
    {%- endif -%}
{%- endmacro %}

{#
    Whether versions of rows are load timestamps. Never on BigQuery: its loader
    appends a row each time that it is sent, so a version is a hash.
#}
{% macro raw_is_stamped(source_name, table_name) -%}
    {{ return(
        target.type != 'bigquery'
        and '_sdc_batched_at' in raw_columns(source_name, table_name)
    ) }}
{%- endmacro %}
