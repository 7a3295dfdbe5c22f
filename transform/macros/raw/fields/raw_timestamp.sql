{# A timestamp of the raw record in UTC; null if the text is not a timestamp. #}
{% macro raw_timestamp(field) -%}
    {{ return(adapter.dispatch('raw_timestamp', 'loop_returns')(field)) }}
{%- endmacro %}

{#
    A column that the loader typed as TIMESTAMP is in UTC already, and is not
    converted, because converting is slow.
#}
{% macro duckdb__raw_timestamp(field) -%}
    {%- set column = '"' ~ (field | lower) ~ '"' -%}
    case
            when typeof({{ column }}) = 'TIMESTAMP'
                then try_cast({{ column }} as timestamp)
            else {{ to_timestamp(column) }}
        end
{%- endmacro %}

{% macro default__raw_timestamp(field) -%}
    {{ to_timestamp(raw_text(field)) }}
{%- endmacro %}
