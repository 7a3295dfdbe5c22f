{#
    SQL condition: whether a change since the last build of this table may affect
    the row. Models use it where they import, to read no more than they need.
    `column` is a column of int_affected_keys, or its name in public tables. True
    for all rows in a full refresh, and when the change models were rebuilt since.
#}
{% macro is_affected(column) -%}
    {%- set key = column | replace('loop_return_id', 'return_id') -%}
    {%- if not builds_incrementally() -%}
    true
    {%- elif not execute -%}
    {#- While parsing, these refs declare the dependencies. -#}
    {%- do ref('loop_returns', 'int_changed_keys') -%}
    {%- do ref('loop_returns', 'int_affected_keys') -%}
    true
    {%- elif this is none -%}
    {#- In a unit test there is no table. -#}
    true
    {%- elif not is_incremental() or this_predates_changes() -%}
    true
    {%- else -%}
    {{ column }} in (
            select affected.{{ key }}
            from {{ ref('loop_returns', 'int_affected_keys') }} as affected
            where
                affected.{{ key }} is not null
                and affected.built_at > {{ last_built_at(this) }}
        )
    {%- endif -%}
{%- endmacro %}

{# A full refresh of the change models deletes their history. #}
{% macro this_predates_changes() -%}
    {{ return(run_query(
        'select ' ~ last_built_at(this) ~ ' < greatest('
        ~ '(select min(built_at) from '
        ~ ref('loop_returns', 'int_changed_keys') ~ '), '
        ~ '(select min(built_at) from '
        ~ ref('loop_returns', 'int_affected_keys') ~ '))'
    ).rows[0][0]) }}
{%- endmacro %}
