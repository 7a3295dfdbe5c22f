{# Fields that the YAML of a source declares for a table. #}
{% macro raw_fields(source_name, table_name) -%}
    {%- if not execute -%}
        {{ return(['id']) }}
    {%- endif -%}
    {{ return(raw_table(source_name, table_name).columns.keys() | list) }}
{%- endmacro %}
