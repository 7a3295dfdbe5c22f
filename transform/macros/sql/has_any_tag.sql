{# One of the tags is, exactly, among ',a,b,'. #}
{% macro has_any_tag(tags, wanted) -%}
    ({% for tag in wanted %}{{ tags }} like '%,{{ tag | lower }},%' or {% endfor %}false)
{%- endmacro %}
