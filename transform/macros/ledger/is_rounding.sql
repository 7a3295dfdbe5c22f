{# Whether a difference is so small that only rounding explains it. #}
{% macro is_rounding(difference) -%}
    abs({{ difference }}) <= 0.05
{%- endmacro %}
