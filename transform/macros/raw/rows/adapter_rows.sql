{#
    Rows of an entity from the model stg_<source_name>__<entity>; no rows if
    `source_name` is none. `columns` maps the model's columns to their types.
#}
{% macro adapter_rows(source_name, entity, columns) -%}
    {%- for field in pass_through(entity) -%}
        {%- do columns.update({
            'pass_through_' ~ field.alias: pass_through_types()[field.type]
        }) -%}
    {%- endfor -%}
    select
        {%- for column, type in columns.items() %}
        {%- if source_name == 'none' %}
        cast(null as {{ type }}) as {{ column }}
        {%- else %}
        {{ column }}
        {%- endif %}{{ "," if not loop.last }}
        {%- endfor %}
    {%- if source_name == 'none' %}
    from (select 1 as nothing) as no_source
    where nothing = 0
    {%- else %}
    from {{ ref('loop_returns', 'stg_' ~ source_name ~ '__' ~ entity) }}
    {%- endif %}
{%- endmacro %}
