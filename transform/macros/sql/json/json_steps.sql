{# A JSON path as PostgreSQL writes it: $.a.b is {a,b}. #}
{% macro json_steps(path) -%}
    {{ return('{' ~ path.split('.')[1:] | join(',') ~ '}') }}
{%- endmacro %}
