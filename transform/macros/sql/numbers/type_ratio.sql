{# The type of every share: a float of eight bytes; on some warehouses `float`
has four. #}
{% macro type_ratio() -%}
    {{ return('float64' if target.type == 'bigquery' else 'float8') }}
{%- endmacro %}
