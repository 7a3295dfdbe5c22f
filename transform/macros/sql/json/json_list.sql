{# A JSON value if it is a list, else null; needed on PostgreSQL only. #}
{% macro json_list(expression, path='$') -%}
    {%- set list -%}
    {{ expression }} #> '{{ json_steps(path) }}'
    {%- endset -%}
    case when jsonb_typeof({{ list }}) = 'array' then {{ list }} end
{%- endmacro %}
