{# Sum of the amounts at `item_path` in the items of a JSON list. #}
{% macro json_list_sum(expression, list_path, item_path) -%}
    {{ return(adapter.dispatch('json_list_sum', 'loop_returns')(
        expression, list_path, item_path
    )) }}
{%- endmacro %}

{% macro default__json_list_sum(expression, list_path, item_path) -%}
    coalesce(list_sum(cast(json_extract_string(
        {{ expression }}, '{{ list_path }}[*].{{ item_path }}'
    ) as {{ type_money() }}[])), 0)
{%- endmacro %}

{% macro bigquery__json_list_sum(expression, list_path, item_path) -%}
    coalesce((
        select sum(safe_cast(
            json_value(list_item, '$.{{ item_path }}') as numeric
        ))
        from unnest(json_query_array(
            {{ expression }}, '{{ list_path }}'
        )) as list_item
    ), 0)
{%- endmacro %}

{% macro postgres__json_list_sum(expression, list_path, item_path) -%}
    coalesce((
        select sum({{ to_money(json_text('list_item', '$.' ~ item_path)) }})
        from jsonb_array_elements(
            {{ json_list(expression, list_path) }}
        ) as list_items (list_item)
    ), 0)
{%- endmacro %}
