{#
    Prints, as JSON, what a build on BigQuery would read now, and what the last
    complete build of `python -m refresh` read. Raw tables are described by
    their metadata, which is free.
#}
{% macro print_build_inputs() -%}
    {%- if target.type == 'bigquery' -%}
    {%- set today = run_started_at.astimezone(
        modules.pytz.timezone(var('store_timezone'))
    ) -%}
    {%- set yesterday = today - modules.datetime.timedelta(days=1) -%}
    {%- set now = {'date': today.strftime('%Y-%m-%d')} -%}
    {#- The parents of this model are the raw tables of the chosen sources. -#}
    {%- for id in graph.nodes['model.loop_returns.stg_raw_tables'].depends_on.nodes
        if id in graph.sources -%}
        {%- set source = graph.sources[id] -%}
        {%- set relation = api.Relation.create(
            database=source.database,
            schema=source.schema,
            identifier=source.identifier
        ) -%}
        {%- set table = adapter.get_bq_table(relation) -%}
        {%- if table is none -%}
        {%- elif source.name == 'sync_audits' and table.table_type == 'TABLE' -%}
            {%- do now.update({relation.render(): syncs_with_rows(
                relation, yesterday.strftime('%Y-%m-%d')
            )}) -%}
        {%- elif table.table_type == 'TABLE'
            and table.streaming_buffer is none -%}
            {%- do now.update({
                relation.render(): table.modified ~ ', ' ~ table.num_rows ~ ' rows'
            }) -%}
        {%- else -%}
            {#-
                The metadata of a view do not show whether its rows changed, and
                leave out rows in a streaming buffer.
            -#}
            {%- do now.update({relation.render(): invocation_id}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set records = [] -%}
    {%- if load_relation(last_build()) is not none -%}
        {%- do records.extend(
            run_query('select record from ' ~ last_build()).columns[0].values()
        ) -%}
    {%- endif -%}
    {%- do print(tojson({
        'now': now,
        'last': fromjson(records | first or '{}')
    })) -%}
    {%- endif -%}
{%- endmacro %}

{#
    The syncs since a date that sent rows, as text. Each sync writes rows to
    `sync_audits`, even if it found no change. But if a sync sent rows, a build
    must compare them with those that arrived, even if the loader lost all of
    them. The first build of a day is always made, so older syncs are known.
#}
{% macro syncs_with_rows(relation, since) -%}
    {%- set found = run_query(
        "select count(*), max(json_value(data, '$.sync_id')) from " ~ relation
        ~ " where _sdc_batched_at >= timestamp '" ~ since ~ "'"
        ~ " and coalesce(json_value(data, '$.rows_sent'), '') <> '0'"
    ).rows[0] -%}
    {{ return(found[0] ~ ' with rows, the last ' ~ found[1]) }}
{%- endmacro %}
