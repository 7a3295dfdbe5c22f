{#
    Whether a day, or the first day of a month, belongs to the fifteen months up
    to that of the as-of date, which are all that the nowcast uses.
#}
{% macro is_in_nowcast_months(day, as_of_date) -%}
    {{ day }} > {{ dbt.dateadd('month', -15, as_of_date) }}
{%- endmacro %}
