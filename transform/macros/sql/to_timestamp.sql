{# Text as a moment in UTC; text that is no moment is null. #}
{% macro to_timestamp(expression) -%}
    {{ return(adapter.dispatch('to_timestamp', 'loop_returns')(expression)) }}
{%- endmacro %}

{# A plain timestamp cast would drop the offset of the text. #}
{% macro default__to_timestamp(expression) -%}
    cast(try_cast({{ expression }} as timestamptz) as timestamp)
{%- endmacro %}

{% macro bigquery__to_timestamp(expression) -%}
    safe_cast({{ expression }} as timestamp)
{%- endmacro %}
