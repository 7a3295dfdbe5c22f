{# Stops if the argument of union_shops is not a mapping, or names this target. #}
{% macro raise_if_not_shops(shops) -%}
    {%- if shops is not mapping or not shops -%}
        {%- do exceptions.raise_compiler_error(
            'shops maps the store_id of each shop to the target schema of its'
            ~ ' build, such as {us: analytics_us, de: analytics_de}.'
        ) -%}
    {%- endif -%}
    {%- for store_id, schema in shops.items() -%}
        {%- if store_id is not string -%}
            {%- do exceptions.raise_compiler_error(
                'YAML reads a store_id of shops as ' ~ store_id
                ~ ', which is no text. Write it in quotes.'
            ) -%}
        {%- endif -%}
        {%- if schema == target.schema -%}
            {%- do exceptions.raise_compiler_error(
                schema ~ ' is the schema of the shop ' ~ store_id ~ ', but'
                ~ ' union_shops was run with it as target schema. Choose'
                ~ ' another one for the views of all shops.'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{# Stops if a shop lacks a table, or some of its columns. #}
{% macro raise_if_not_built(table, columns, store_id) -%}
    {%- set found = adapter.get_columns_in_relation(table)
        | map(attribute='name') | list -%}
    {%- set missing = columns | reject('in', found) | list -%}
    {%- if not found -%}
        {%- do exceptions.raise_compiler_error(
            'There is no table ' ~ table ~ '. Build the shop ' ~ store_id
            ~ ' first (dbt build with its target schema and variables), then'
            ~ ' run union_shops again.'
        ) -%}
    {%- elif missing -%}
        {%- do exceptions.raise_compiler_error(
            table ~ ' has no column ' ~ missing | join(', ') ~ ': another'
            ~ ' version of the models built the shop ' ~ store_id ~ '. Build'
            ~ ' it once with --full-refresh, then run union_shops again.'
        ) -%}
    {%- endif -%}
{%- endmacro %}

{# Stops if the tables of a shop were built with another store_id. #}
{% macro raise_if_misnamed(shops, marts) -%}
    {%- set returns = marts | selectattr('name', 'equalto', 'fct_returns')
        | first -%}
    {%- for store_id, schema in shops.items() -%}
        {%- for row in run_query(
            'select distinct sm_store_id from '
            ~ name_in_sql(table_of_shop(returns, schema))
        ).rows if row[0] != store_id -%}
            {%- do exceptions.raise_compiler_error(
                schema ~ ' was built with store_id: ' ~ row[0]
                ~ ', but shops calls it ' ~ store_id ~ '. Correct shops, or'
                ~ ' build it with store_id: ' ~ store_id
                ~ ' and --full-refresh.'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
