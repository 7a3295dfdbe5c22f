{# A list of words as SQL texts, lower case: ('a', 'b'); nothing is in an empty list. #}
{% macro text_list(values) -%}
    {%- if values -%}
    ({% for value in values -%}
        {{ text_literal(value | string | lower) }}{{ ", " if not loop.last }}
    {%- endfor %})
    {%- else -%}
    (cast(null as {{ dbt.type_string() }}))
    {%- endif -%}
{%- endmacro %}
