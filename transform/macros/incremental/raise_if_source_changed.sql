{#
    On-run-start: stops a build before it changes any table if a source differs
    from the one that the tables were built from. Without its variable a source
    is `none`, and its rows would stay in some tables and vanish from others. A
    source that was not there before may be added.
#}
{% macro raise_if_source_changed() -%}
    {%- set node = graph.nodes.get('model.loop_returns.int_row_versions')
        if execute and flags.WHICH in ('build', 'run')
        and not flags.FULL_REFRESH -%}
    {%- set table = adapter.get_relation(
        node.database, node.schema, node.alias
    ) if node -%}
    {%- set known = run_query(
        'select row_version from ' ~ table ~ " where entity = 'settings'"
    ).rows if table else [] -%}
    {%- for name in ['shopify_source', 'subscription_source'] if known -%}
        {%- set former = known[0][0].split(name ~ '=')[1].split(';')[0] -%}
        {%- if former not in ['none', var(name)] -%}
            {%- do exceptions.raise_compiler_error(
                'The tables were built with ' ~ name ~ ': ' ~ former
                ~ ', but this build has ' ~ name ~ ': ' ~ var(name)
                ~ '. Pass the same variables as before (--vars), or run dbt'
                ~ ' build --full-refresh once to build every table from the new'
                ~ ' source.'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
