{# Fields of a table that its YAML declares or pass_through_columns names. #}
{% macro raw_fields(source_name, table_name) -%}
    {%- if not execute -%}
        {{ return(['id']) }}
    {%- endif -%}
    {%- set fields = raw_declaration(source_name, table_name).columns.keys() | list -%}
    {%- do fields.extend(
        pass_through_fields(source_name, table_name) | reject('in', fields)
    ) -%}
    {{ return(fields) }}
{%- endmacro %}
