{#
    Percentile of a group as one of its values, never interpolated.

    Reads rows with a number of `days`, in order: `returns_up_to` counts the
    returns up to the row's, `all_returns` those of the group.
#}
{% macro observed_percentile(share) -%}
    min(case when returns_up_to >= {{ share }} * all_returns then days end)
{%- endmacro %}
