{# A list variable as SQL texts, lower case: ('a', 'b'); never empty. #}
{% macro text_list(values) -%}
    ({% for value in values %}'{{ value | lower }}', {% endfor %}'')
{%- endmacro %}
