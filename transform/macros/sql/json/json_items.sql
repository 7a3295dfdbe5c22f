{#
    The rows of a table or CTE, once for each item of a JSON list, which is in
    the column `item`.
#}
{% macro json_items(rows, expression) -%}
    {{ return(adapter.dispatch('json_items', 'loop_returns')(rows, expression)) }}
{%- endmacro %}

{% macro default__json_items(rows, expression) -%}
    {{ unnested_items(rows, 'cast(' ~ expression ~ ' as json[])') }}
{%- endmacro %}

{#
    A list that is joined laterally would be compared with the lists of all other
    rows: DuckDB reads equal lists once, and keeps all of them for this.
#}
{% macro unnested_items(rows, list) -%}
    (
        select
            *,
            unnest({{ list }}) as item
        from {{ rows }}
    ) as {{ rows }}
{%- endmacro %}

{% macro bigquery__json_items(rows, expression) -%}
    {{ rows }}
    cross join
        unnest(json_query_array({{ expression }})) as item
{%- endmacro %}

{% macro postgres__json_items(rows, expression) -%}
    {{ rows }}
    cross join lateral jsonb_array_elements(
        {{ json_list(expression) }}
    ) as items (item)
{%- endmacro %}
