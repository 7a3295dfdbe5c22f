{#
    The sums over the days of `int_returns_seen` that estimates need for each
    group, such as a month.
#}
{% macro sums_over_days() -%}
    cast(sum(sold_units) as {{ type_ratio() }}) as sold_units,
        cast(sum(returned_units) as {{ type_ratio() }}) as returned_units,
        {{ sum_of_ratios('known_units') }} as known_units,
        cast(sum(returned_squares) as {{ type_ratio() }}) as returned_squares,
        {{ sum_of_ratios('returned_known') }} as returned_known,
        {{ sum_of_ratios('known_squares') }} as known_squares
{%- endmacro %}
