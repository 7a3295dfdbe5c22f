{#
    The same as json_items, for items of which json_item_text reads only the
    paths in `paths`.
#}
{% macro json_typed_items(rows, expression, paths) -%}
    {{ return(adapter.dispatch('json_typed_items', 'loop_returns')(
        rows, expression, paths
    )) }}
{%- endmacro %}

{% macro default__json_typed_items(rows, expression, paths) -%}
    {{ json_items(rows, expression) }}
{%- endmacro %}

{# Parses the list once; reading each path separately would parse every item
again. #}
{% macro duckdb__json_typed_items(rows, expression, paths) -%}
    {%- set shape = {} -%}
    {%- for path in paths if path -%}
        {%- set parts = (path | replace('"', '')).split('.')[1:] -%}
        {%- set at = namespace(node=shape) -%}
        {%- for part in parts[:-1] -%}
            {%- do at.node.setdefault(part, {}) -%}
            {%- set at.node = at.node[part] -%}
        {%- endfor -%}
        {%- do at.node.setdefault(parts[-1], 'VARCHAR') -%}
        {%- if at.node[parts[-1]] is mapping -%}
            {%- do exceptions.raise_compiler_error(
                'Fields of ' ~ path ~ ' are read one by one; name one of them'
                ~ ' in pass_through_columns.'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ unnested_items(
        rows, 'from_json(' ~ expression ~ ", '[" ~ shape | tojson ~ "]')"
    ) }}
{%- endmacro %}

{#
    A text inside `item` of json_typed_items. A list or an object is returned as
    JSON text, on BigQuery only with `is_whole`.
#}
{% macro json_item_text(path, is_whole=false) -%}
    {{ return(adapter.dispatch('json_item_text', 'loop_returns')(
        path, is_whole
    )) }}
{%- endmacro %}

{% macro default__json_item_text(path, is_whole) -%}
    {{ json_whole_text('item', path) if is_whole else json_text('item', path) }}
{%- endmacro %}

{% macro duckdb__json_item_text(path, is_whole) -%}
    {%- set parts = (path | replace('"', '')).split('.')[1:] -%}
    {{ 'struct_extract(' * parts | length }}item
    {%- for part in parts -%}
    , '{{ part }}')
    {%- endfor -%}
{%- endmacro %}

{# Sum of the amounts at `item_path` in the items of a list inside `item`. #}
{% macro json_item_list_sum(list_path, item_path) -%}
    {{ return(adapter.dispatch('json_item_list_sum', 'loop_returns')(
        list_path, item_path
    )) }}
{%- endmacro %}

{% macro default__json_item_list_sum(list_path, item_path) -%}
    {{ json_list_sum('item', list_path, item_path) }}
{%- endmacro %}

{% macro duckdb__json_item_list_sum(list_path, item_path) -%}
    {{ json_list_sum(json_item_text(list_path), '$', item_path) }}
{%- endmacro %}
