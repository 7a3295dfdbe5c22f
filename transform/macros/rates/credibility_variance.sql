{# Variance of a rate from `credibility_rate`, divided by the rate's square. #}
{% macro credibility_variance(dispersion, spread, expected) -%}
    {{ spread }} * {{ dispersion }}
    / ({{ dispersion }} + {{ spread }} * {{ expected }})
{%- endmacro %}
