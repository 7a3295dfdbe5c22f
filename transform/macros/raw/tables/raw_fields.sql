{# Fields of a table that the YAML of its source declares or that pass through. #}
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
