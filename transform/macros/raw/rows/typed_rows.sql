{#
    Rows of a table whose loader types its columns on every warehouse, with the
    columns that its source declares; a column that was never loaded is null.
    Rows that Fivetran marks as deleted are left out if the source declares the
    column _fivetran_deleted.
#}
{% macro typed_rows(source_name, table_name) -%}
    {%- do raise_if_undeclared(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- set loaded = raw_columns(source_name, table_name) -%}
    {%- set fields = raw_fields(source_name, table_name) -%}
    {#- BigQuery cannot cast JSON to text. -#}
    {%- set json_fields = raw_columns(source_name, table_name, 'JSON')
        if target.type == 'bigquery' else [] -%}
    select
        {%- for field in fields %}
        {%- if field in json_fields %}
        nullif(to_json_string({{ field }}), 'null') as {{ field }}
        {%- elif field in loaded %}
        {{ field }}
        {%- else %}
        cast(null as {{ dbt.type_string() }}) as {{ field }}
        {%- endif %}
        {{- "," if not loop.last }}
        {%- endfor %}
    from {{ relation if loaded else '(select 1 as nothing) as not_loaded' }}
    {%- if not loaded %}
    where 1 = 0
    {%- elif '_fivetran_deleted' in fields and '_fivetran_deleted' in loaded %}
    where coalesce(lower({{ typed_text('_fivetran_deleted') }}), 'false') <> 'true'
    {%- endif %}
{%- endmacro %}
