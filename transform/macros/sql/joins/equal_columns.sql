{# The condition of a join: each of the columns is the same on both sides. #}
{% macro equal_columns(left, right, columns) -%}
    {% for column in columns -%}
    {{ left }}.{{ column }} = {{ right }}.{{ column }}
    {%- if not loop.last %}
            and {% endif -%}
    {%- endfor %}
{%- endmacro %}
