{# A moment of the raw record in UTC; text that is no moment is null. #}
{% macro raw_timestamp(field) -%}
    {{ return(adapter.dispatch('raw_timestamp', 'loop_returns')(field)) }}
{%- endmacro %}

{% macro default__raw_timestamp(field) -%}
    {{ to_timestamp('"' ~ (field | lower) ~ '"') }}
{%- endmacro %}

{% macro bigquery__raw_timestamp(field) -%}
    {{ to_timestamp(raw_text(field)) }}
{%- endmacro %}

{% macro postgres__raw_timestamp(field) -%}
    {{ to_timestamp(raw_text(field)) }}
{%- endmacro %}
