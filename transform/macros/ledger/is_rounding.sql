{#
    Whether a difference is at most five of the smallest units of its currency,
    such as five cents, so that it is taken as rounding.
#}
{% macro is_rounding(difference, currency_code) -%}
    abs({{ difference }}) <= 5 * {{ smallest_unit(currency_code) }}
{%- endmacro %}
