{# Joins each item of a JSON list, in column `item` of `alias`. #}
{% macro json_items(expression, alias) -%}
    {{ return(adapter.dispatch('json_items', 'loop_returns')(expression, alias)) }}
{%- endmacro %}

{% macro default__json_items(expression, alias) -%}
    cross join lateral (
        select unnest(cast({{ expression }} as json[])) as item
    ) as {{ alias }}
{%- endmacro %}

{% macro bigquery__json_items(expression, alias) -%}
    cross join
        unnest(json_query_array({{ expression }})) as item
{%- endmacro %}

{% macro postgres__json_items(expression, alias) -%}
    cross join lateral jsonb_array_elements(
        {{ json_list(expression) }}
    ) as {{ alias }} (item)
{%- endmacro %}
