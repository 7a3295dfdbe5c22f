{# Whether a list of tags such as ',a,b,' contains one of the wanted tags as a
whole. #}
{% macro has_any_tag(tags, wanted) -%}
    ({% for tag in wanted -%}
        {{ dbt.position(
            text_literal(',' ~ (tag | string | trim | lower) ~ ','), tags
        ) }} > 0 or {% endfor %}false)
{%- endmacro %}
