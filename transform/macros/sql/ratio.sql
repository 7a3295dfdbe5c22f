{# Numerator over denominator as a float; null when there is nothing below. #}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as {{ type_ratio() }})
        / nullif(cast({{ denominator }} as {{ type_ratio() }}), 0)
{%- endmacro %}
