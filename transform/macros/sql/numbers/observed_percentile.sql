{#
    Percentile of a group as one of its values, never interpolated.

    Reads rows with a number of `days`, in order: `returns_up_to` is the number
    of returns with at most as many days as the row, and `all_returns` the
    number of returns in the group.
#}
{% macro observed_percentile(share) -%}
    min(case when returns_up_to >= {{ share }} * all_returns then days end)
{%- endmacro %}
