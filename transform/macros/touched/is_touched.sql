{#
    Whether a row belongs to what a change may have reached since this table was
    last built; of an import, so that a model reads no more. `column` is one of
    int_touched, or what public tables call it. In a full refresh, and when
    what changed was forgotten since, all rows.
#}
{% macro is_touched(column) -%}
    {%- set key = column | replace('loop_return_id', 'return_id') -%}
    {%- if not grows_by_day() -%}
    true
    {%- elif not execute -%}
    {#- Only so does dbt learn what this model waits for. -#}
    {%- do ref('int_changed') -%}
    {%- do ref('int_touched') -%}
    true
    {%- elif this is none -%}
    {#- A unit test is no table. -#}
    true
    {%- elif not is_incremental() or this_is_older_than_what_changed() -%}
    true
    {%- else -%}
    {{ column }} in (
            select touched.{{ key }}
            from {{ ref('int_touched') }} as touched
            where
                touched.{{ key }} is not null
                and touched.built_at > {{ last_built_at(this) }}
        )
    {%- endif -%}
{%- endmacro %}

{# Tables that say what changed begin anew with a full refresh of their own. #}
{% macro this_is_older_than_what_changed() -%}
    {{ return(run_query(
        'select ' ~ last_built_at(this) ~ ' < greatest('
        ~ '(select min(built_at) from ' ~ ref('int_changed') ~ '), '
        ~ '(select min(built_at) from ' ~ ref('int_touched') ~ '))'
    ).rows[0][0]) }}
{%- endmacro %}
