{#
    The raw tables of sources: name, relation, key, whether each is optional,
    and its columns, which are empty if it does not exist.
#}
{% macro raw_tables(source_names) -%}
    {%- set nothing = '(select 1 as nothing where 1 = 0) as not_loaded' -%}
    {%- set tables = [] -%}
    {%- if not execute -%}
        {%- do tables.append({'relation': nothing, 'key': ['id']}) -%}
    {%- else -%}
        {%- for table in graph.sources.values() if (
            table.source_name in source_names
            and table.package_name == 'loop_returns'
        ) -%}
            {%- set meta = table.config.meta -%}
            {%- set columns = raw_columns(table.source_name, table.name) -%}
            {%- do tables.append({
                'source_name': table.source_name,
                'name': table.name,
                'relation': source(table.source_name, table.name)
                    if columns else nothing,
                'key': meta.get('key'),
                'columns': columns,
                'is_optional': meta.get('optional', false),
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(tables) }}
{%- endmacro %}
