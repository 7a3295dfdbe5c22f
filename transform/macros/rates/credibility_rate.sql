{#
    Rate of a row by Buehlmann credibility: the rate `prior`, moved towards the
    observed rate. `dispersion` is the factor by which the data vary more than
    by chance, `spread` measures how far rates vary around the prior, `seen` is
    the observed count, and `expected` the count that the prior predicts. Each
    is a column, a product or an expression in parentheses.
#}
{% macro credibility_rate(prior, dispersion, spread, seen, expected) -%}
    {{ prior }} * ({{ dispersion }} + {{ spread }} * {{ seen }})
    / ({{ dispersion }} + {{ spread }} * {{ expected }})
{%- endmacro %}
