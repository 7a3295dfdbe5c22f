{#
    Lower or upper end of Newcombe's 95 % interval of the difference between two
    shares.

    The bounds of each share are columns named like the share, with _lower and
    _upper appended.
#}
{% macro difference_bound(share, other_share, end) -%}
    {%- set sign = '-' if end == 'lower' else '+' -%}
    {%- set other_end = 'upper' if end == 'lower' else 'lower' -%}
    {{ share }} - {{ other_share }} {{ sign }} sqrt(
            power({{ share }} - {{ share }}_{{ end }}, 2)
            + power({{ other_share }}_{{ other_end }} - {{ other_share }}, 2)
        )
{%- endmacro %}
