{# Variance that is left of a rate by `credibility_rate`, over its square. #}
{% macro credibility_variance(dispersion, spread, expected) -%}
    {{ spread }} * {{ dispersion }}
    / ({{ dispersion }} + {{ spread }} * {{ expected }})
{%- endmacro %}
