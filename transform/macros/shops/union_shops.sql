{#
    Creates a view of each public mart in the target schema, over the tables of
    several shops that were built in schemas of their own. The first column of
    each view, sm_store_id, is the shop. The tables of the shops are only read.

    `shops` maps the store_id of each shop to the target schema of its build:

        dbt run-operation union_shops
            --args '{shops: {us: analytics_us, de: analytics_de}}'
#}
{% macro union_shops(shops) -%}
    {%- do raise_if_not_shops(shops) -%}
    {%- set marts = graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('package_name', 'equalto', 'loop_returns')
        | selectattr('access', 'equalto', 'public')
        | sort(attribute='alias') | list -%}
    {%- set selects = {} -%}
    {%- for mart in marts -%}
        {%- do selects.update({mart.alias: union_of_shops(mart, shops)}) -%}
    {%- endfor -%}
    {%- do raise_if_misnamed(shops, marts) -%}

    {%- for schema in marts | map(attribute='schema') | unique -%}
        {%- do adapter.create_schema(
            api.Relation.create(database=target.database, schema=schema)
        ) -%}
    {%- endfor -%}
    {%- for mart in marts -%}
        {%- set view = name_in_sql(table_of_shop(mart, target.schema)) -%}
        {%- call statement('union_shops') -%}
            {#- PostgreSQL cannot replace a view whose columns have changed. -#}
            {% if target.type == 'postgres' -%}
                drop view if exists {{ view }} cascade;
            {% endif -%}
            create or replace view {{ view }} as
            {{ selects[mart.alias] }}
        {%- endcall -%}
    {%- endfor -%}
    {%- do adapter.commit() -%}
    {%- do log(
        marts | length ~ ' views in ' ~ target.schema ~ ', each of '
        ~ shops | length ~ ' shops: ' ~ shops | join(', '), info=true
    ) -%}
{%- endmacro %}

{# SQL of the rows of a mart in all shops. #}
{% macro union_of_shops(mart, shops) -%}
    {%- set columns = mart.columns | reject('equalto', 'sm_store_id') | list -%}
    {%- do columns.extend(
        pass_through(passes_through_to(mart.name)) | map(attribute='alias')
    ) -%}
    {%- set selects = [] -%}
    {%- for store_id, schema in shops.items() -%}
        {%- set table = table_of_shop(mart, schema) -%}
        {%- do raise_if_not_built(table, columns, store_id) -%}
        {%- set select -%}
            select
                {{ text_literal(store_id) }} as sm_store_id
                {%- for column in columns %},
                {{ adapter.quote(column) }}
                {%- endfor %}
            from {{ name_in_sql(table) }}
        {%- endset -%}
        {%- do selects.append(select) -%}
    {%- endfor -%}
    {{ return(selects | join('\nunion all\n')) }}
{%- endmacro %}

{#
    The table of a mart in the build with the target schema `schema`. A mart
    with a custom schema is in the target schema plus a suffix, which is the
    same in every build.
#}
{% macro table_of_shop(mart, schema) -%}
    {{ return(api.Relation.create(
        database=mart.database,
        schema=schema ~ mart.schema.removeprefix(target.schema),
        identifier=mart.alias
    )) }}
{%- endmacro %}

{#
    A table's name in SQL. Except on BigQuery, it leaves out the database, so
    that a DuckDB file may be attached by any name.
#}
{% macro name_in_sql(table) -%}
    {{ return(table.include(database=target.type == 'bigquery')) }}
{%- endmacro %}
