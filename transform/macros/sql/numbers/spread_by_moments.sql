{#
    How far counts differ from their expected values beyond chance: the variance
    of the ratio of a count to its expected value, estimated by moments, plus
    one standard error. Without the standard error, little data would look as if
    all rates were equal. `seen`, `expected` and `noise` (the variance due to
    chance) are columns of the rows of a group. `freedom` is the number of rows
    that vary freely; if it is zero, the spread is zero.
#}
{% macro spread_by_moments(seen, expected, noise, freedom) -%}
    case when {{ freedom }} > 0 then (
        greatest({{ sum_of_ratios(
            '(' ~ seen ~ ' - ' ~ expected ~ ') * (' ~ seen ~ ' - ' ~ expected
            ~ ') / (' ~ noise ~ ')'
        ) }} - {{ freedom }}, 0)
        + sqrt(2 * cast({{ freedom }} as {{ type_ratio() }}))
    ) / {{ sum_of_ratios(
        expected ~ ' * ' ~ expected ~ ' / (' ~ noise ~ ')'
    ) }} else 0 end
{%- endmacro %}
