{#
    The watermark of the incremental table that is being built: the start of the
    last build that included this table and everything it depends on, as SQL.
    The table reflects the raw tables at that time. None if the whole table must
    be rebuilt: it is new, it was built with other settings or sources, or an
    incremental table that it depends on is missing or was built whole since.
    Always none on BigQuery, which has no incremental tables of this kind.
#}
{% macro watermark() -%}
    {%- if execute and this is none -%}
        {#- In a unit test there is no table. -#}
        {{ return(none) }}
    {%- elif not is_incremental() -%}
        {{ return(none) }}
    {%- elif not execute -%}
        {#- For sqlfluff, which lints the incremental SQL. -#}
        {{ return(built_at()) }}
    {%- endif -%}
    {#- Cached, since a model uses it several times; dbt v2 reads it anew. -#}
    {%- if model.update is not defined -%}
        {{ return(recorded_watermark()) }}
    {%- elif 'watermark' not in model -%}
        {%- do model.update({'watermark': recorded_watermark()}) -%}
    {%- endif -%}
    {{ return(model['watermark']) }}
{%- endmacro %}

{# The watermark in int_watermarks; none if it is no longer valid. #}
{% macro recorded_watermark() -%}
    {%- set records = watermark_records() -%}
    {%- set record = records.get(this.identifier, {}) -%}
    {%- if not record.get('read_through_at')
        or record['row_sources'] != row_sources()
        or record['row_settings'] != row_settings() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set names = tables_with_watermark() -%}
    {%- for parent in parents_of(model.unique_id)
        if graph.nodes[parent].alias in names -%}
        {%- set parent_record = records.get(graph.nodes[parent].alias) -%}
        {%- if not parent_record
            or parent_record['built_whole_at'] > record['read_through_at']
            or own_relation(graph.nodes[parent].name) is none -%}
            {{ return(none) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(timestamp_literal(record['read_through_at'])) }}
{%- endmacro %}

{# Rows of int_watermarks by name of the table. #}
{% macro watermark_records() -%}
    {%- set records = {} -%}
    {%- set table = own_relation('int_watermarks') -%}
    {%- if table is not none -%}
        {%- for row in run_query(
            'select table_name, read_through_at, built_whole_at, built_at,'
            ~ ' row_sources, row_settings from ' ~ table
        ).rows -%}
            {%- do records.update({row[0]: {
                'read_through_at': row[1],
                'built_whole_at': row[2],
                'built_at': row[3],
                'row_sources': row[4],
                'row_settings': row[5],
            }}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(records) }}
{%- endmacro %}

{#
    The table of a model in this target, none if it was never built or is a
    view, as a clone is. Not a ref, which a deferred build may resolve to
    another target.
#}
{% macro own_relation(name) -%}
    {%- set node = graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model')
        | selectattr('package_name', 'equalto', 'loop_returns')
        | selectattr('name', 'equalto', name) | first -%}
    {%- set relation = adapter.get_relation(
        node.database, node.schema, node.alias
    ) if node -%}
    {{ return(relation if relation and relation.is_table else none) }}
{%- endmacro %}

{#
    Ids of the models that a model's rows come from, directly or through others.
#}
{% macro parents_of(unique_id) -%}
    {%- set parents = [] -%}
    {%- set queue = [unique_id] -%}
    {#- dbt v2 would evaluate a condition of the loop only before its start. -#}
    {%- for _ in graph.nodes -%}
        {%- if queue -%}
        {%- for parent in graph.nodes[queue.pop()].depends_on.nodes
            if parent.startswith('model.') and parent not in parents
            and parent != 'model.loop_returns.int_watermarks' -%}
            {%- do parents.append(parent) -%}
            {%- do queue.append(parent) -%}
        {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(parents) }}
{%- endmacro %}

{# SQL of the newest built_at in a table from before this build. #}
{% macro last_built_at(table) -%}
    (
            select coalesce(
                max(known.built_at),
                cast('1970-01-01' as {{ dbt.type_timestamp() }})
            )
            from {{ table }} as known
            where known.built_at < {{ built_at() }}
        )
{%- endmacro %}

{# Whether this build includes everything that the model depends on. #}
{% macro includes_all_parents() -%}
    {%- if flags.EMPTY or flags.SAMPLE -%}
        {{ return(false) }}
    {%- endif -%}
    {%- for parent in parents_of(model.unique_id)
        if parent not in selected_resources -%}
        {{ return(false) }}
    {%- endfor -%}
    {{ return(true) }}
{%- endmacro %}

{# Names of the tables that have a row of int_watermarks. #}
{% macro tables_with_watermark() -%}
    {%- set names = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model'
        and 'model.loop_returns.int_watermarks' in node.depends_on.nodes -%}
        {%- do names.append(node.alias) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
