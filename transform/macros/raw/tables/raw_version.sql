{#
    The version of a row of the CTE `source` as text: the time when the loader
    wrote it, or without one a hash of its content.
#}
{% macro raw_version(source_name, table_name) -%}
    {%- if raw_is_stamped(source_name, table_name) -%}
    cast(source._sdc_batched_at as {{ dbt.type_string() }})
    {%- else -%}
    {{ row_hash('source') }}
    {%- endif -%}
{%- endmacro %}

{# Always a hash on BigQuery, whose loader appends a row again if it is sent
again. #}
{% macro raw_is_stamped(source_name, table_name) -%}
    {{ return(
        target.type != 'bigquery'
        and '_sdc_batched_at' in raw_columns(source_name, table_name)
    ) }}
{%- endmacro %}
