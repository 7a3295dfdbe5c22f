{# Key fields of a raw table. #}
{% macro raw_key(source_name, table_name) -%}
    {%- if not execute -%}
        {{ return(['id']) }}
    {%- endif -%}
    {{ return(raw_declaration(source_name, table_name).config.meta.get('key')) }}
{%- endmacro %}
