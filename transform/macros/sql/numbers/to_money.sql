{# Text as an exact amount; null if it is not a number. #}
{% macro to_money(expression) -%}
    {{ return(adapter.dispatch('to_money', 'loop_returns')(expression)) }}
{%- endmacro %}

{% macro default__to_money(expression) -%}
    try_cast({{ expression }} as {{ type_money() }})
{%- endmacro %}

{% macro bigquery__to_money(expression) -%}
    safe_cast({{ expression }} as {{ type_money() }})
{%- endmacro %}

{# PostgreSQL has no try_cast, so the text is checked first. #}
{% macro postgres__to_money(expression) -%}
    {%- set text -%}
    cast({{ expression }} as text)
    {%- endset -%}
    case
            when
                {{ text }}
                ~ '^\s*[+-]?(\d{1,14}([.]\d*)?|[.]\d+)([eE]-\d{1,2})?\s*$'
                then cast({{ text }} as {{ type_money() }})
        end
{%- endmacro %}
