{# Whether a difference is at most 0.05, so that it is taken as rounding. #}
{% macro is_rounding(difference) -%}
    abs({{ difference }}) <= 0.05
{%- endmacro %}
