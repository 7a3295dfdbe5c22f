{#
    SQL condition: whether a change since the watermark of this table may affect
    the row. Models use it in their import CTEs, to read only the rows they
    need. `column` is a column of int_affected_keys, or its name in public
    tables. True for all rows if the whole table is rebuilt.
#}
{% macro is_affected(column) -%}
    {%- set key = column | replace('loop_return_id', 'return_id') -%}
    {%- if not execute and builds_incrementally() -%}
        {#- While parsing, this ref declares the dependency. -#}
        {%- set affected_keys = ref('loop_returns', 'int_affected_keys') -%}
    {%- endif -%}
    {%- set since = watermark() if builds_incrementally() -%}
    {%- if not since -%}
    true
    {%- else -%}
    {%- set affected_keys
        = own_relation('int_affected_keys') if execute else affected_keys %}
    {{ column }} in (
            select affected.{{ key }}
            from {{ affected_keys }} as affected
            where
                affected.{{ key }} is not null
                and affected.built_at > {{ since }}
        )
    {%- endif -%}
{%- endmacro %}
