{# A JSON list of words as ',a,b,', so `like '%,a,%'` matches whole words. #}
{% macro json_tags(expression) -%}
    {{ return(adapter.dispatch('json_tags', 'loop_returns')(expression)) }}
{%- endmacro %}

{% macro default__json_tags(expression) -%}
    ',' || coalesce(lower(array_to_string(list_transform(
        json_extract_string({{ expression }}, '$[*]'), lambda tag: trim(tag)
    ), ',')), '') || ','
{%- endmacro %}

{% macro bigquery__json_tags(expression) -%}
    ',' || coalesce(lower(array_to_string(array(
        select trim(tag)
        from unnest(json_value_array({{ expression }})) as tag
    ), ',')), '') || ','
{%- endmacro %}

{% macro postgres__json_tags(expression) -%}
    ',' || coalesce((
        select lower(string_agg(trim(tag), ',' order by place))
        from jsonb_array_elements_text(
            {{ json_list(expression) }}
        ) with ordinality as tags (tag, place)
    ), '') || ','
{%- endmacro %}
