{# A text of words, 'A, b', as ',a,b,', so `like '%,a,%'` matches whole words.
#}
{% macro text_tags(expression) -%}
    {{ return(adapter.dispatch('text_tags', 'loop_returns')(expression)) }}
{%- endmacro %}

{% macro default__text_tags(expression) -%}
    ',' || coalesce(lower(regexp_replace(
            trim({{ expression }}), '\s*,\s*', ',', 'g'
        )), '') || ','
{%- endmacro %}

{% macro bigquery__text_tags(expression) -%}
    ',' || coalesce(lower(regexp_replace(
            trim({{ expression }}), r'\s*,\s*', ','
        )), '') || ','
{%- endmacro %}
