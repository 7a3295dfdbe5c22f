{# A UTC timestamp as local time of the store. #}
{% macro local_datetime(moment) -%}
    {{ return(adapter.dispatch('local_datetime', 'loop_returns')(moment)) }}
{%- endmacro %}

{% macro default__local_datetime(moment) -%}
    timezone({{ text_literal(var('store_timezone')) }}, timezone('UTC', {{ moment }}))
{%- endmacro %}

{% macro bigquery__local_datetime(moment) -%}
    datetime({{ moment }}, {{ text_literal(var('store_timezone')) }})
{%- endmacro %}
