{# Some part of the key of a raw table is null, and its row of no use. #}
{% macro raw_key_is_null(table) -%}
    {%- for field in table.key -%}
        {%- if 'data' in (table['columns'] or []) -%}
            {{ raw_text(field) }}
        {%- elif field | lower in (table['columns'] or []) -%}
            {{ typed_text(adapter.quote(field | lower)) }}
        {%- else -%}
            null
        {%- endif %} is null{{ " or " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
