{#
    The factor by which the days of a month differ more than by chance, because
    units of an order come back together. It is an aggregate over the months of
    a table with the sums over days of `int_returns_seen`.
#}
{% macro dispersion_within_months() -%}
    coalesce(greatest(0.5, least(5, {{ sum_of_ratios(
            'returned_squares'
            ~ ' - 2 * returned_known * returned_units / known_units'
            ~ ' + known_squares * returned_units * returned_units'
            ~ ' / (known_units * known_units)'
        ) }} / nullif({{ sum_of_ratios(
            'returned_units - returned_units * known_squares'
            ~ ' / (known_units * known_units)'
        ) }}, 0))), 1)
{%- endmacro %}
