{#
    Whether a part of the key is null or blank; such rows are left out. Trimming
    every key would be slow, so only text that starts with a blank is trimmed.
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
