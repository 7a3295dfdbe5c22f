{# The declaration of a raw table in its sources file: fields, key, location. #}
{% macro raw_declaration(source_name, table_name) -%}
    {{ return(
        graph.sources.values()
        | selectattr('package_name', 'equalto', 'loop_returns')
        | selectattr('source_name', 'equalto', source_name)
        | selectattr('name', 'equalto', table_name)
        | first
    ) }}
{%- endmacro %}
