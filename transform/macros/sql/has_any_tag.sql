{# Whether one of the wanted tags is, as a whole, among ',a,b,'. #}
{% macro has_any_tag(tags, wanted) -%}
    ({% for tag in wanted -%}
        {{ dbt.position(
            text_literal(',' ~ (tag | string | trim | lower) ~ ','), tags
        ) }} > 0 or {% endfor %}false)
{%- endmacro %}
