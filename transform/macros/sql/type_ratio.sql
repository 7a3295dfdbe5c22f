{# The type of every share: eight bytes, for some warehouse's float has four. #}
{% macro type_ratio() -%}
    {{ return('float64' if target.type == 'bigquery' else 'float8') }}
{%- endmacro %}
