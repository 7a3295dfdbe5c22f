{# Numerator divided by denominator as a float; null if the denominator is zero.
#}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as {{ type_ratio() }})
        / nullif(cast({{ denominator }} as {{ type_ratio() }}), 0)
{%- endmacro %}
