{#
    Whether a day is one of the 365 days up to a date. Each season is in them
    once.
#}
{% macro is_in_year_to(day, date) -%}
    {{ days_between(day, date) }} between 0 and 364
{%- endmacro %}

{# The first of these days. #}
{% macro year_to_starts_on(date) -%}
    cast({{ dbt.dateadd('day', -364, date) }} as date)
{%- endmacro %}
