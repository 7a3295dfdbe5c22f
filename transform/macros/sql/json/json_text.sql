{# A value inside JSON as text. #}
{% macro json_text(expression, path) -%}
    {{ return(adapter.dispatch('json_text', 'loop_returns')(expression, path)) }}
{%- endmacro %}

{% macro default__json_text(expression, path) -%}
    json_extract_string({{ expression }}, '{{ path }}')
{%- endmacro %}

{% macro bigquery__json_text(expression, path) -%}
    json_value({{ expression }}, '{{ path }}')
{%- endmacro %}

{% macro postgres__json_text(expression, path) -%}
    ({{ expression }} #>> '{{ json_steps(path) }}')
{%- endmacro %}

{#
    A value inside JSON as text; a list or an object as JSON text on BigQuery
    too, where json_text makes it null.
#}
{% macro json_whole_text(expression, path) -%}
    {%- if target.type == 'bigquery' -%}
    {%- set value = json_part(expression, path) -%}
    case
                when json_type({{ value }}) in ('array', 'object')
                    then to_json_string({{ value }})
                else {{ json_text(expression, path) }}
            end
    {%- else -%}
    {{ json_text(expression, path) }}
    {%- endif -%}
{%- endmacro %}
