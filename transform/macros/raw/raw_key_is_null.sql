{#
    Some part of the key of a raw table is null, and its row of no use. To trim
    every key would cost more than all else, so only text with a blank first is.
#}
{% macro raw_key_is_null(table) -%}
    {%- for field in table.key -%}
        {%- if 'data' in (table['columns'] or []) -%}
            {{ raw_text(field) }} is null
        {%- elif field | lower in (table['columns'] or []) -%}
            {%- set key -%}
                cast({{ adapter.quote(field | lower) }} as {{ dbt.type_string() }})
            {%- endset -%}
            coalesce({{ key }}, '') = ''
            or ({{ key }} like ' %' and trim({{ key }}) = '')
        {%- else -%}
            true
        {%- endif %}{{ " or " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
