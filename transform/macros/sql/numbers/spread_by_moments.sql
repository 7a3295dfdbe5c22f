{#
    How far counts differ from what is expected of them, by more than noise: the
    variance of their ratio, estimated by moments, plus one standard error, so
    that few data are not taken for counts that are all alike.

    `seen`, `expected` and `noise` (the variance that chance gives) are columns
    of the rows of a group, and `freedom` is how many of these differ freely;
    without any the spread is zero.
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
