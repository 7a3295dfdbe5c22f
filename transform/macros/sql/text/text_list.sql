{# A list of words as lower-case SQL texts: ('a', 'b'). An empty list matches
nothing. #}
{% macro text_list(values) -%}
    {%- if values -%}
    ({% for value in values -%}
        {{ text_literal(value | string | lower) }}{{ ", " if not loop.last }}
    {%- endfor %})
    {%- else -%}
    (cast(null as {{ dbt.type_string() }}))
    {%- endif -%}
{%- endmacro %}
