{# Columns of a raw table in lower case; none if the table does not exist. #}
{% macro raw_columns(source_name, table_name) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- set table = raw_declaration(source_name, table_name) -%}
        {%- set found = adapter.get_relation(
            table.database, table.schema, table.identifier
        ) -%}
        {%- if found is not none -%}
            {%- do columns.extend(
                adapter.get_columns_in_relation(found)
                | map(attribute='name') | map('lower')
            ) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}
