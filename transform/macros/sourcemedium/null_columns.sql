{# Published columns that no source fills, as typed nulls. #}
{% macro null_columns(columns, type) -%}
    {%- for column in columns -%}
    cast(null as {{ type }}) as {{ column }}
    {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}
