{# One field of every item of a JSON list in lower case, as ',a,b,'; null
without a list. #}
{% macro json_id_tags(expression, item_path) -%}
    {{ return(adapter.dispatch('json_id_tags', 'loop_returns')(
        expression, item_path
    )) }}
{%- endmacro %}

{% macro default__json_id_tags(expression, item_path) -%}
    case
            when json_extract({{ expression }}, '$') is not null
                then ',' || lower(array_to_string(json_extract_string(
                    {{ expression }}, '$[*].{{ item_path }}'
                ), ',')) || ','
        end
{%- endmacro %}

{% macro bigquery__json_id_tags(expression, item_path) -%}
    case
            when json_query({{ expression }}, '$') is not null
                then ',' || lower(array_to_string(array(
                    select json_value(list_item, '$.{{ item_path }}')
                    from unnest(json_query_array({{ expression }})) as list_item
                ), ',')) || ','
        end
{%- endmacro %}

{% macro postgres__json_id_tags(expression, item_path) -%}
    case
            when {{ expression }} is not null
                then ',' || coalesce((
                    select lower(string_agg(
                        {{ json_text('list_item', '$.' ~ item_path) }},
                        ',' order by place
                    ))
                    from jsonb_array_elements(
                        {{ json_list(expression, '$') }}
                    ) with ordinality as list_items (list_item, place)
                ), '') || ','
        end
{%- endmacro %}
