{#
    The type of a share that is added up: a sum of floats depends on its order.
#}
{% macro type_exact_ratio() -%}
    {{ return('bignumeric' if target.type == 'bigquery' else 'decimal(38, 18)') }}
{%- endmacro %}
