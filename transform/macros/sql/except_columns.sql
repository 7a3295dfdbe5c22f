{# Columns that a star leaves out. #}
{% macro except_columns(columns) -%}
    {{ return(adapter.dispatch('except_columns', 'loop_returns')(columns)) }}
{%- endmacro %}

{% macro default__except_columns(columns) -%}
    exclude ({{ columns | join(', ') }})
{%- endmacro %}

{% macro bigquery__except_columns(columns) -%}
    except ({{ columns | join(', ') }})
{%- endmacro %}
