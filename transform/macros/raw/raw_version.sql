{#
    A text that tells the versions of a row of the CTE `source` apart: when the
    loader wrote it, or where no loader said so, a hash of all it holds.
#}
{% macro raw_version(source_name, table_name) -%}
    {%- if raw_is_stamped(source_name, table_name) -%}
    cast(source._sdc_batched_at as {{ dbt.type_string() }})
    {%- else -%}
    {{ row_hash('source') }}
    {%- endif -%}
{%- endmacro %}

{# The BigQuery loader appends, and a row that is sent again is no other. #}
{% macro raw_is_stamped(source_name, table_name) -%}
    {{ return(
        target.type != 'bigquery'
        and '_sdc_batched_at' in raw_columns(source_name, table_name)
    ) }}
{%- endmacro %}
