{# A moment of the raw record in UTC; text that is no moment is null. #}
{% macro raw_timestamp(field) -%}
    {{ return(adapter.dispatch('raw_timestamp', 'loop_returns')(field)) }}
{%- endmacro %}

{# What the loader typed is in UTC; by way of a zone it would cost far more. #}
{% macro default__raw_timestamp(field) -%}
    {%- set column = '"' ~ (field | lower) ~ '"' -%}
    case
            when typeof({{ column }}) = 'TIMESTAMP'
                then try_cast({{ column }} as timestamp)
            else {{ to_timestamp(column) }}
        end
{%- endmacro %}

{% macro bigquery__raw_timestamp(field) -%}
    {{ to_timestamp(raw_text(field)) }}
{%- endmacro %}

{% macro postgres__raw_timestamp(field) -%}
    {{ to_timestamp(raw_text(field)) }}
{%- endmacro %}
