{# The type of every amount. BigQuery's numeric always has nine decimals. #}
{% macro type_money() -%}
    {{ return('numeric' if target.type == 'bigquery' else 'decimal(18, 4)') }}
{%- endmacro %}
