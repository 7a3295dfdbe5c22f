{#
    Rate of a row by Buehlmann credibility: `prior`, moved towards what was seen.

    `dispersion` is how much more than chance the data differ, `spread` how far
    rates vary around the prior, `seen` a count, and `expected` the same count
    by the prior. Each is a column, a product or an expression in parentheses.
#}
{% macro credibility_rate(prior, dispersion, spread, seen, expected) -%}
    {{ prior }} * ({{ dispersion }} + {{ spread }} * {{ seen }})
    / ({{ dispersion }} + {{ spread }} * {{ expected }})
{%- endmacro %}
