{# The day of a UTC moment in the store's zone. #}
{% macro local_date(moment) -%}
    {{ return(adapter.dispatch('local_date', 'loop_returns')(moment)) }}
{%- endmacro %}

{% macro default__local_date(moment) -%}
    cast({{ local_datetime(moment) }} as date)
{%- endmacro %}
