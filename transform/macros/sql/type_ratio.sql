{# The type of every share. DuckDB's own float has only seven digits. #}
{% macro type_ratio() -%}
    {{ return('float64' if target.type == 'bigquery' else 'double') }}
{%- endmacro %}
