{#
    Rows of a joined entity from the source that a variable names, or none.

    Model stg_<source>__<entity> delivers them; `columns` is the contract.
#}
{% macro adapter_rows(source_name, entity, columns) -%}
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
