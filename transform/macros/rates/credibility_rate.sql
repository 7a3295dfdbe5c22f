{#
    Rate of a row by Buehlmann credibility: the rate `prior`, moved towards the
    observed rate. `dispersion` is the variance of the data as a multiple of the
    variance by chance, `spread` the variance of the ratio of a rate to its
    prior, `seen` the observed count, and `expected` the count that the prior
    predicts. Each is a column, a product or an expression in parentheses.
#}
{% macro credibility_rate(prior, dispersion, spread, seen, expected) -%}
    {{ prior }} * ({{ dispersion }} + {{ spread }} * {{ seen }})
    / ({{ dispersion }} + {{ spread }} * {{ expected }})
{%- endmacro %}
