{#
    Names of the columns of a raw table in lower case; an empty list if the
    table does not exist. With `type`, only columns of that type.
#}
{% macro raw_columns(source_name, table_name, type=none) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- set table = raw_declaration(source_name, table_name) -%}
        {%- set found = adapter.get_relation(
            table.database, table.schema, table.identifier
        ) -%}
        {%- if found is not none -%}
            {%- for column in adapter.get_columns_in_relation(found) -%}
                {%- if type is none or column.dtype | upper == type -%}
                    {%- do columns.append(column.name | lower) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}
