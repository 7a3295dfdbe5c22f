{# A sum of floats that is the same whatever the order of the rows. #}
{% macro sum_of_ratios(share) -%}
    cast(sum(cast({{ share }} as {{ type_exact_ratio() }}))
            as {{ type_ratio() }})
{%- endmacro %}
