{# The date of a UTC timestamp in the store's time zone. #}
{% macro local_date(moment) -%}
    {{ return(adapter.dispatch('local_date', 'loop_returns')(moment)) }}
{%- endmacro %}

{% macro default__local_date(moment) -%}
    cast({{ local_datetime(moment) }} as date)
{%- endmacro %}
