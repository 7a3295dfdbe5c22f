{#
    Pre-hook of staging models: deletes rows that the raw table no longer has. A
    deleted row has no built_at that shows the change, so deleted orders and the
    orders of deleted payments are added to int_changed_keys; int_row_versions
    detects deleted returns.
    `order_lines` is a model whose lines are deleted with their orders. Raises
    an error if the raw table has none of the model's rows, because the raw
    table was then moved or lost.
#}
{% macro delete_lost_rows(
    source_name, table_name, key, known_key, order_id=none, order_lines=none
) -%}
    {%- if execute and is_incremental() and not flags.EMPTY
        and '-- compared row by row' in compiled_code -%}
    {%- set lost = '(select known.' ~ known_key ~ ' from ' ~ this
        ~ ' as known where not exists (select 1 from (select ' ~ key
        ~ ' as raw_key from (' ~ raw_rows(source_name, table_name)
        ~ ') as source) as loaded where loaded.raw_key = known.' ~ known_key
        ~ '))' -%}
    {%- set row_count = run_query('select count(*) from ' ~ this).rows[0][0] -%}
    {%- set lost_count = run_query(
        'select count(*) from ' ~ lost ~ ' as lost'
    ).rows[0][0] -%}
    {%- if lost_count and lost_count == row_count -%}
        {%- do raise_raw_is_lost(source_name, table_name, row_count) -%}
    {%- elif lost_count -%}
    {%- set changed = own_relation('int_changed_keys') -%}
    {%- set lines = own_relation(order_lines) if order_lines -%}
    {%- if order_id and changed %}
    insert into {{ changed }} (changed_by, entity, entity_id, built_at)
    select distinct
        '{{ this.identifier }}',
        'order',
        {{ order_id }},
        {{ built_at() }}
    from {{ this }}
    where {{ order_id }} is not null and {{ known_key }} in {{ lost }};
    {%- endif %}
    {%- if lines %}
    delete from {{ lines }} where {{ order_id }} in {{ lost }};
    {%- endif %}
    delete from {{ this }} where {{ known_key }} in {{ lost }}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro raise_raw_is_lost(source_name, table_name, row_count) -%}
    {%- do exceptions.raise_compiler_error(
        'The raw table ' ~ source(source_name, table_name) ~ ' is missing or has'
        ~ ' none of the ' ~ row_count ~ ' rows of ' ~ this.identifier
        ~ '. If raw is in another schema or database, set the variable of that'
        ~ ' schema or raw_database. If it was lost, load it again from the start.'
        ~ ' If it is meant to be so, run dbt build --full-refresh once.'
    ) -%}
{%- endmacro %}
