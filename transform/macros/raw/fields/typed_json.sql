{# The JSON value of a typed column of type text or JSON; invalid text is null, on
PostgreSQL an error. #}
{% macro typed_json(field) -%}
    {{ return(adapter.dispatch('typed_json', 'loop_returns')(field)) }}
{%- endmacro %}

{% macro default__typed_json(field) -%}
    try_cast({{ field }} as json)
{%- endmacro %}

{% macro bigquery__typed_json(field) -%}
    safe.parse_json(cast({{ field }} as string))
{%- endmacro %}

{% macro postgres__typed_json(field) -%}
    cast({{ field }} as jsonb)
{%- endmacro %}
